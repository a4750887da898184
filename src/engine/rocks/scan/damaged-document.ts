import { ErrorCode } from '../../../base/error-codes.ts';
import { messageOf, MongoqError } from '../../../base/errors.ts';
import type { RecordId } from '../keystring/record-id.ts';
import type { Prefix } from '../prefix.ts';

/** The error for a record that is no document although its block's checksum is right. */
export function damagedDocument(prefix: Prefix, id: RecordId, cause: unknown): MongoqError {
  return new MongoqError(
    ErrorCode.engineDamaged,
    `record ${id} of table ${prefix.readUInt32BE()} is ${messageOf(cause)}`,
    { cause },
  );
}

/** The error for an index entry that cannot be read. */
export function damagedEntry(index: string, key: Buffer, cause: unknown): MongoqError {
  return new MongoqError(
    ErrorCode.engineDamaged,
    `index ${index} is damaged at the key ${key.toString('hex')}: ${messageOf(cause)}`,
    { cause },
  );
}
