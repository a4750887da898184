import { ErrorCode } from '../../../base/error-codes.ts';
import { messageOf, MongoqError } from '../../../base/errors.ts';
import { DamagedKey } from '../keystring/damaged-key.ts';
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

/** The error of reading an index entry, naming index and key where the entry is damaged. */
export function entryError(index: string, key: Buffer, error: unknown): unknown {
  if (!(error instanceof DamagedKey)) return error;
  return new MongoqError(
    ErrorCode.engineDamaged,
    `index ${index} is damaged at the key ${key.toString('hex')}: ${error.message}`,
    { cause: error },
  );
}
