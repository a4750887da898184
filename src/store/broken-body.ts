import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { ObjectInfo } from './object-store.ts';

/** A body that broke off before its announced end. Carries what arrived, so that only the rest need be asked for. */
export class BrokenBody extends MongoqError {
  /** The bytes from the start of the range asked for; good as far as they go. */
  readonly received: Buffer;
  /** How many bytes before those went to `onPart`. */
  readonly delivered: number;
  readonly info: ObjectInfo;

  constructor(
    message: string,
    received: Buffer,
    info: ObjectInfo,
    options: { cause?: unknown; delivered?: number } = {},
  ) {
    super(ErrorCode.storeDamaged, message, { cause: options.cause });
    this.received = received;
    this.delivered = options.delivered ?? 0;
    this.info = info;
  }
}
