import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError, messageOf } from '../base/errors.ts';

/**
 * What a decoder throws when bytes make no sense. It knows the offset only, if that; whoever knows the file turns it
 * into an engineDamaged error with `damagedFile`.
 */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** What a decoder throws when bytes are intact but of a kind that this reader does not know: becomes engineUnsupported. */
export class UnsupportedFormatError extends Error {
  override readonly name = 'UnsupportedFormatError';
}

/** engineDamaged: what is wrong, and where in its file. */
export class DamagedFileError extends MongoqError {
  readonly offset: number;
  readonly problem: string;

  constructor(where: string, offset: number, problem: string, cause: unknown) {
    super(ErrorCode.engineDamaged, `${where} is damaged at offset ${offset}: ${problem}`, {
      hint: 'Run `mongoq verify` on the backup to see everything that is affected.',
      cause,
    });
    this.offset = offset;
    this.problem = problem;
  }
}

/** The error for damaged bytes at `offset` of the file that messages call `where`. */
export function damaged(where: string, offset: number, problem: string, cause?: unknown): MongoqError {
  return new DamagedFileError(where, offset, problem, cause);
}

/** The error for files that are intact but of a kind that this reader does not know. */
export function unsupported(where: string, what: string): MongoqError {
  return new MongoqError(ErrorCode.engineUnsupported, `${where} ${what}`);
}

/** Runs a decoder; what it throws for bad bytes names the file and the offset of the piece that was decoded. */
export function decoding<T>(where: string, offset: number, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MongoqError) throw error;
    if (error instanceof UnsupportedFormatError)
      throw unsupported(where, `at offset ${offset}: ${error.message}`);
    throw damaged(where, offset, messageOf(error), error);
  }
}
