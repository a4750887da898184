import type { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/** What a store's server, or the way to it, has done wrong. */
export class StoreFault extends MongoqError {
  /** What happened, without the name of the object: "cannot be reached: connect ECONNREFUSED 127.0.0.1:9". */
  readonly reason: string;
  /** Whether anything came back at all. */
  readonly answered: boolean;

  constructor(
    code: ErrorCode,
    name: string,
    {
      reason,
      answered,
      ...options
    }: { reason: string; answered: boolean; hint?: string | undefined; cause?: unknown },
  ) {
    super(code, `${name} ${reason}`, options);
    this.reason = reason;
    this.answered = answered;
  }
}
