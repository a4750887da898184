import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { ObjectInfo } from './object-store.ts';

/** A body that broke off before its announced end. Carries what arrived, so that only the rest need be asked for. */
export class BrokenBody extends MongoqError {
  /** The bytes from the start of the range asked for; good as far as they go. */
  readonly received: Buffer;
  readonly info: ObjectInfo;

  constructor(message: string, received: Buffer, info: ObjectInfo, cause?: unknown) {
    super(ErrorCode.storeDamaged, message, { cause });
    this.received = received;
    this.info = info;
  }
}
