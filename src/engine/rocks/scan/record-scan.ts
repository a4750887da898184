import { documentOf, type Value } from '../../../bson/value.ts';
import { addMetadata } from '../../../query/metadata.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { tableRange } from '../catalog/key-space.ts';
import { recordKey, type RecordId } from '../keystring/record-id.ts';
import type { Prefix } from '../prefix.ts';
import { damagedDocument } from './damaged-document.ts';
import { scanDatabase } from './database-scan.ts';
import type { ScanCounts } from './scan-counts.ts';

export interface RecordScanOptions {
  reverse?: boolean | undefined;
  /** Only records from this id on. */
  from?: RecordId | undefined;
  /** Only records before this id. */
  before?: RecordId | undefined;
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
  const whole = tableRange(prefix);
  const lower = options.from === undefined ? whole.lower : recordKey(prefix, options.from);
  const upper = options.before === undefined ? whole.upper : recordKey(prefix, options.before);
  const { reverse, eager, signal } = options;
  for await (const batch of scanDatabase(database, { lower, upper, reverse, eager, signal })) {
    const documents: Value[] = [];
    for (let i = 0; i < batch.length; i++) {
      const key = batch.key(i);
      // Keys of another shape can lie under a prefix that old servers used twice.
      if (key.length !== 12) continue;
      const document = recordDocument(batch.value(i), prefix, key);
      if (options.withIds === true) addMetadata(document, { recordId: key.readBigInt64BE(4) });
      documents.push(document);
    }
    counts.documents += documents.length;
    if (documents.length > 0) yield documents;
  }
}

/** The document of a record. Throws engineDamaged if the bytes are no document. */
export function recordDocument(value: Buffer, prefix: Prefix, key: Buffer): Value {
  try {
    return documentOf(value);
  } catch (error) {
    throw damagedDocument(prefix, key.readBigInt64BE(4), error);
  }
}
