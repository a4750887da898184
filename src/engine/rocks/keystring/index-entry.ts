import type { Value } from '../../../bson/value.ts';
import { damagedKey } from './damaged-key.ts';
import { decodeKey, keyLength } from './decode.ts';
import { encodeKey, type Ordering } from './encode.ts';
import type { KeyVersion } from './key-types.ts';
import { decodeRecordId, encodeRecordId, recordIdStart, type RecordId } from './record-id.ts';
import { TypeBitsReader } from './type-bits.ts';

/** How the keys of one index are written. */
export interface KeyLayout {
  ordering: Ordering;
  version: KeyVersion;
  /** `_id` and unique indexes keep the record id in the value. */
  unique: boolean;
}

/** One entry of an index, with the prefix cut off its key. */
export interface IndexEntry {
  key: Buffer;
  value: Buffer;
}

/** The entry of a document's key, as the server writes it. */
export function encodeEntry(values: readonly Value[], id: RecordId, layout: KeyLayout): IndexEntry {
  const { key, typeBits } = encodeKey(values, layout.ordering, layout.version);
  const record = encodeRecordId(id);
  const bits = typeBits.allZero ? Buffer.alloc(0) : typeBits.finish();
  return layout.unique
    ? { key, value: Buffer.concat([record, bits]) }
    : { key: Buffer.concat([key, record]), value: bits };
}

/**
 * The record ids of an entry: one, or several where a unique index was left with duplicates. The layout is told from the
 * entry itself where the index is unique, because newer servers append the record id there too. Throws DamagedKey.
 */
export function recordIdsOf(key: Buffer, value: Buffer, layout: KeyLayout, start = 0): RecordId[] {
  if (!layout.unique) return [decodeRecordId(key, recordIdStart(key)).id];
  // The usual case first: the whole key is a KeyString and the value one record id.
  const end = keyLength(key, start, layout.ordering, layout.version);
  if (end < key.length) return [decodeRecordId(key, end).id];
  const ids: RecordId[] = [];
  for (let at = 0; at < value.length;) {
    const record = decodeRecordId(value, at);
    ids.push(record.id);
    at = new TypeBitsReader(value, record.end).end;
  }
  if (ids.length === 0) throw damagedKey('it has no record id');
  return ids;
}

/**
 * The values of an entry's key, with their exact types. `start` is where the KeyString begins; `asServer` reads some decimals as
 * wrongly as mongod 3.4 does. Throws DamagedKey.
 */
export function valuesOf(
  key: Buffer,
  value: Buffer,
  layout: KeyLayout,
  start = 0,
  asServer = false,
): Value[] {
  const inKey = !layout.unique || keyLength(key, start, layout.ordering, layout.version) < key.length;
  const bits = new TypeBitsReader(value, inKey ? 0 : decodeRecordId(value, 0).end);
  return decodeKey(key, start, layout.ordering, layout.version, bits, asServer).values;
}
