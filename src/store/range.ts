import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { ByteRange, ObjectInfo } from './object-store.ts';

/**
 * The range to read of an object: `range`, or all of it. Throws storeDamaged, which is permanent, where the object
 * ends before the range does: the caller knows the size from elsewhere, so bytes are missing.
 */
export function rangeWithin(info: ObjectInfo, range: ByteRange | undefined, url: string): ByteRange {
  if (!range) return { start: 0, end: info.size };
  if (range.start < 0 || range.start > range.end) {
    throw new RangeError(`no range of bytes: ${range.start} to ${range.end}`);
  }
  if (range.end > info.size) throw endsBefore(`${url}/${info.key}`, range, info.size);
  return range;
}

/** The storeDamaged error for an object shorter than the range that was asked of it. */
export function endsBefore(name: string, range: ByteRange, size?: number): MongoqError {
  const known = size === undefined ? '' : ` at byte ${size}`;
  return new MongoqError(
    ErrorCode.storeDamaged,
    `${name} ends${known} before the bytes ${range.start} to ${range.end} that were expected in it`,
    { hint: 'The object is shorter than the backup says: run `mongoq verify` on the backup.' },
  );
}
