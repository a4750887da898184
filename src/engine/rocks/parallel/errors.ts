import { isMongoqError, messageOf, MongoqError } from '../../../base/errors.ts';
import { InvalidBson } from '../../../bson/layout.ts';
import { CommandError } from '../../../query/errors.ts';
import type { SentError } from './protocol.ts';

/** In a worker: a read that failed. The main thread knows why. */
export class FailedRead extends Error {
  readonly read: number;

  constructor(read: number) {
    super(`read ${read} failed`);
    this.read = read;
  }
}

/** An error in the form in which it goes to another thread. */
export function sentError(error: unknown): SentError {
  if (error instanceof FailedRead) return { type: 'read', read: error.read };
  if (isMongoqError(error)) {
    return { type: 'mongoq', code: error.code, message: error.message, hint: error.hint };
  }
  if (error instanceof CommandError) {
    return { type: 'command', code: error.code, codeName: error.codeName, message: error.message };
  }
  if (error instanceof InvalidBson) return { type: 'bson', message: error.message };
  return {
    type: 'other',
    message: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
  };
}

/** The error that was sent, of the class that it had; `readErrors` holds those of the reads that failed. */
export function receivedError(sent: SentError, readErrors: ReadonlyMap<number, unknown>): unknown {
  switch (sent.type) {
    case 'read':
      return readErrors.get(sent.read) ?? new FailedRead(sent.read);
    case 'mongoq':
      return new MongoqError(sent.code, sent.message, { hint: sent.hint });
    case 'command':
      return new CommandError(sent.code, sent.codeName, sent.message);
    case 'bson':
      return new InvalidBson(sent.message);
    case 'other':
      return Object.assign(new Error(sent.message), sent.stack === undefined ? {} : { stack: sent.stack });
  }
}
