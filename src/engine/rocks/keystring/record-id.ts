import { damagedKey } from './damaged-key.ts';

/** A record id: 64 bits, positive, the place of a document in its collection. Order of ids is natural order. */
export type RecordId = bigint;

/** A record id as it ends an index key or starts a unique entry's value: 2 to 9 bytes, ordered like the numbers. */
export function encodeRecordId(id: RecordId): Buffer {
  const bits = id === 0n ? 0 : id.toString(2).length;
  const middle = bits <= 10 ? 0 : Math.ceil((bits - 10) / 8);
  const bytes = Buffer.allocUnsafe(middle + 2);
  bytes[0] = (middle << 5) | Number(id >> BigInt(5 + 8 * middle));
  let rest = id >> 5n;
  for (let at = middle; at > 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  bytes[middle + 1] = (Number(id & 31n) << 3) | middle;
  return bytes;
}

/** The record id that starts at `start`, and the offset after it. Throws DamagedKey. */
export function decodeRecordId(bytes: Buffer, start: number): { id: RecordId; end: number } {
  const middle = (bytes[start] ?? 0) >> 5;
  const last = start + middle + 1;
  if (last >= bytes.length) throw damagedKey('the record id is cut off');
  if (((bytes[last] ?? 0) & 7) !== middle) throw damagedKey('the ends of the record id disagree');
  if (middle <= 3) {
    let id = (bytes[start] ?? 0) & 31;
    for (let at = start + 1; at < last; at++) id = id * 256 + (bytes[at] ?? 0);
    return { id: BigInt(id * 32 + ((bytes[last] ?? 0) >> 3)), end: last + 1 };
  }
  let id = BigInt((bytes[start] ?? 0) & 31);
  for (let at = start + 1; at < last; at++) id = (id << 8n) | BigInt(bytes[at] ?? 0);
  return { id: (id << 5n) | BigInt((bytes[last] ?? 0) >> 3), end: last + 1 };
}

/** Where the record id that ends `bytes` starts; the last three bits tell its length. Throws DamagedKey. */
export function recordIdStart(bytes: Buffer): number {
  const length = ((bytes[bytes.length - 1] ?? 0) & 7) + 2;
  if (length > bytes.length) throw damagedKey('the record id is cut off');
  return bytes.length - length;
}

/** Bytes of a record's key: the prefix and 8 bytes. */
export const recordKeyLength = 12;

/** The id in the key of a record that starts at `start`. */
export function recordIdAt(keys: Buffer, start: number): RecordId {
  return keys.readBigInt64BE(start + 4);
}

/** The key of a record: 8 bytes big-endian after the prefix. */
export function recordKey(prefix: Buffer, id: RecordId): Buffer {
  const key = Buffer.allocUnsafe(recordKeyLength);
  prefix.copy(key);
  key.writeBigInt64BE(id, 4);
  return key;
}
