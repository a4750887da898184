import { ByteReader } from './byte-reader.ts';
import { EntryType, unknownType } from './data-block.ts';
import { FormatError, UnsupportedFormatError } from './damage.ts';

/** One operation of a write batch; `value` is empty for deletions. Views of the record. */
export interface Operation {
  sequence: number;
  deletion: boolean;
  key: Buffer;
  value: Buffer;
}

const empty = Buffer.alloc(0);
// The same operations with a column family number before the key.
const inFamily = new Map<number, number>([
  [4, EntryType.deletion],
  [5, EntryType.value],
  [8, EntryType.singleDeletion],
]);

/** The sequence number of the first operation of a write batch. Throws FormatError. */
export function firstSequence(record: Buffer): number {
  return new ByteReader(record).fixed64();
}

/**
 * Decodes a record of a WAL file (db/write_batch.cc; section 9.7 of the format's description).
 * Throws FormatError for bad bytes and UnsupportedFormatError for merges, range deletions, prepared transactions and
 * further column families.
 */
export function decodeWriteBatch(record: Buffer): Operation[] {
  const reader = new ByteReader(record);
  const first = reader.fixed64();
  const count = reader.fixed32();
  const operations: Operation[] = [];
  while (!reader.done) {
    const stored = reader.byte();
    if (stored === 3) {
      reader.lengthPrefixed(); // log data, which takes no sequence number
      continue;
    }
    if (stored === 13) continue; // no operation
    const type = inFamily.get(stored) ?? stored;
    if (type !== stored && reader.varint32() !== 0) {
      throw new UnsupportedFormatError('it writes to a column family other than the default one');
    }
    const deletion = type === EntryType.deletion || type === EntryType.singleDeletion;
    if (!deletion && type !== EntryType.value) throw unknownType(stored);
    const key = reader.lengthPrefixed();
    const value = deletion ? empty : reader.lengthPrefixed();
    operations.push({ sequence: first + operations.length, deletion, key, value });
  }
  if (operations.length !== count) {
    throw new FormatError(`a write batch has ${operations.length} operations, ${count} were announced`);
  }
  return operations;
}
