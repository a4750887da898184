import { DocumentBuilder } from '../bson/builder.ts';
import { ErrorCode } from '../base/error-codes.ts';
import { isAbort, isMongoqError, messageOf } from '../base/errors.ts';

/** A command that the gateway itself answers with an error: code and name as mongod gives them. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;
  readonly codeName: string;

  constructor(code: number, codeName: string, message: string) {
    super(message);
    this.code = code;
    this.codeName = codeName;
  }
}

/** What a mongod in read-only mode says to every write. */
export function refuseWrite(): Refusal {
  return new Refusal(20, 'IllegalOperation', 'Cannot execute a write operation in read-only mode');
}

export function unknownCommand(name: string): Refusal {
  return new Refusal(59, 'CommandNotFound', `no such command: '${name}'`);
}

export function adminOnly(name: string): Refusal {
  return new Refusal(13, 'Unauthorized', `${name} may only be run against the admin database.`);
}

/** `{...fields, ok: 1}` as BSON. */
export function okReply(write: (reply: DocumentBuilder) => void = () => undefined): Buffer {
  const reply = new DocumentBuilder();
  write(reply);
  return reply.double('ok', 1).finish().slice();
}

/**
 * The reply for anything that was thrown while a command ran. A fault of the engine keeps its MongoqError code and hint
 * in fields of their own, for the shell to show.
 */
export function errorReply(error: unknown): Buffer {
  if (error instanceof Refusal) return failure(error.code, error.codeName, error.message).finish().slice();
  if (isAbort(error)) return failure(11601, 'Interrupted', 'operation was interrupted').finish().slice();
  const reply = failure(1, 'InternalError', messageOf(error));
  reply.string('mongoqCode', isMongoqError(error) ? error.code : ErrorCode.internal);
  if (isMongoqError(error) && error.hint !== undefined) reply.string('mongoqHint', error.hint);
  return reply.finish().slice();
}

function failure(code: number, codeName: string, message: string): DocumentBuilder {
  return new DocumentBuilder()
    .double('ok', 0)
    .string('errmsg', message)
    .int('code', code)
    .string('codeName', codeName);
}
