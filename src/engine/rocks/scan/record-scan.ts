import { documentOf, type Value } from '../../../bson/value.ts';
import { addMetadata } from '../../../query/metadata.ts';
import type { Batch } from '../../../rocksdb/batch.ts';
import { stride } from '../../../rocksdb/data-block.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { tableRange } from '../catalog/key-space.ts';
import { recordIdAt, recordKey, recordKeyLength, type RecordId } from '../keystring/record-id.ts';
import type { Prefix } from '../prefix.ts';
import { damagedDocument } from './damaged-document.ts';
import { scanDatabase } from './database-scan.ts';
import type { ScanCounts } from './scan-counts.ts';

/** Keys from `lower` (inclusive) to `upper` (exclusive). */
export interface StoredRange {
  lower: Buffer;
  upper: Buffer;
}

export interface RecordScanOptions {
  reverse?: boolean | undefined;
  /** Only records from this id on. */
  from?: RecordId | undefined;
  /** Only records before this id. */
  before?: RecordId | undefined;
  /** Only records whose keys lie in this range, in place of the ids. */
  range?: StoredRange | undefined;
  /** Is told the last key and the bytes of each batch, before that is passed on. */
  onKey?: ((last: Buffer, bytes: number) => void) | undefined;
  /** Give every document its record id as metadata. */
  withIds?: boolean | undefined;
  /** All of them will be read: fetch far ahead from the start. */
  eager?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** The documents of a record store in natural order, as views of what was read. Throws engineDamaged. */
export async function* scanRecords(
  database: Database,
  prefix: Prefix,
  options: RecordScanOptions,
  counts: ScanCounts,
): AsyncGenerator<Value[]> {
  const { lower, upper } = options.range ?? recordRange(prefix, options);
  const { reverse, eager, signal, onKey, withIds = false } = options;
  for await (const batch of scanDatabase(database, { lower, upper, reverse, eager, signal })) {
    const documents = documentsOf(batch, prefix, withIds);
    counts.documents += documents.length;
    onKey?.(batch.key(batch.length - 1), sizeOf(batch));
    if (documents.length > 0) yield documents;
  }
}

/** The bytes of a batch's values, which lie one after the other. */
function sizeOf({ positions, length }: Batch): number {
  return (positions[(length - 1) * stride + 3] as number) - (positions[2] as number);
}

/** The keys of a table's records from one id to another. */
export function recordRange(
  prefix: Prefix,
  { from, before }: Pick<RecordScanOptions, 'from' | 'before'>,
): StoredRange {
  const whole = tableRange(prefix);
  return {
    lower: from === undefined ? whole.lower : recordKey(prefix, from),
    upper: before === undefined ? whole.upper : recordKey(prefix, before),
  };
}

/** Reads keys and values in place: a view for each would cost as much as all the rest of a scan. */
function documentsOf(batch: Batch, prefix: Prefix, withIds: boolean): Value[] {
  const { length, keys, values, positions } = batch;
  const documents: Value[] = [];
  for (let i = 0; i < length; i++) {
    const place = i * stride;
    const key = positions[place] as number;
    // Keys of another shape can lie under a prefix that old servers used twice.
    if ((positions[place + 1] as number) - key !== recordKeyLength) continue;
    const start = positions[place + 2] as number;
    const end = positions[place + 3] as number;
    const document = recordDocument(values, start, end, prefix, keys, key);
    if (withIds) addMetadata(document, { recordId: recordIdAt(keys, key) });
    documents.push(document);
  }
  return documents;
}

/** The document of the record whose value is `values[start, end)` and whose key starts at `keys[key]`. Throws engineDamaged if the bytes are no document. */
export function recordDocument(
  values: Buffer,
  start: number,
  end: number,
  prefix: Prefix,
  keys: Buffer,
  key: number,
): Value {
  try {
    return documentOf(values, start, end);
  } catch (error) {
    throw damagedDocument(prefix, recordIdAt(keys, key), error);
  }
}
