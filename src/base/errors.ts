import { ErrorCode } from './error-codes.ts';

/**
 * The one error type of mongoq. `code` is stable and listed in docs/errors.md; `message` says what failed and on which
 * object; `hint` says what to try. The command line prints all three and never a stack (unless MONGOQ_DEBUG is set).
 */
export class MongoqError extends Error {
  override readonly name = 'MongoqError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Whether `error` is a MongoqError, optionally with one of the given codes. */
export function isMongoqError(error: unknown, ...codes: ErrorCode[]): error is MongoqError {
  return error instanceof MongoqError && (codes.length === 0 || codes.includes(error.code));
}

/** The text of anything that was thrown, for embedding in a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether `error` is what an aborted AbortSignal throws, here or in a library. */
export function isAbort(error: unknown): boolean {
  if (error instanceof MongoqError) return error.code === ErrorCode.cancelled;
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}
