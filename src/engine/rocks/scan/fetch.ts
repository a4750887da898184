import type { Value } from '../../../bson/value.ts';
import { addMetadata } from '../../../query/metadata.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { recordKey } from '../keystring/record-id.ts';
import type { Prefix } from '../prefix.ts';
import type { Entry } from './index-scan.ts';
import { recordDocument } from './record-scan.ts';
import type { ScanCounts } from './scan-counts.ts';
import { inWaves, type Wave, type WaveOptions } from './waves.ts';

export interface FetchOptions extends WaveOptions {
  /** Give every document its record id as metadata. */
  withIds?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Told of every document with its entry, before it is passed on. */
  onDocument?: ((document: Value, entry: Entry) => void) | undefined;
}

/**
 * The documents of index entries in the entries' order, fetched in waves. Entries without a document are left out, as
 * the server does. Throws engineDamaged.
 */
export function fetchDocuments(
  database: Database,
  prefix: Prefix,
  entries: AsyncIterable<Entry[]>,
  options: FetchOptions,
  counts: ScanCounts,
): AsyncGenerator<Value[]> {
  return inWaves(entries, (part) => fetchWave(database, prefix, part, options), options, counts);
}

async function fetchWave(
  database: Database,
  prefix: Prefix,
  entries: readonly Entry[],
  { withIds, onDocument, signal }: FetchOptions,
): Promise<Wave> {
  const keys = entries.map(({ id }) => recordKey(prefix, id));
  const found = await database.getMany(keys, signal);
  const documents = entries.flatMap((entry, i) => {
    const bytes = found[i];
    const key = keys[i];
    if (bytes === undefined || key === undefined) return [];
    const document = recordDocument(bytes, 0, bytes.length, prefix, key, 0);
    if (withIds === true) addMetadata(document, { recordId: entry.id });
    onDocument?.(document, entry);
    return [document];
  });
  return { documents, fetched: documents.length, bytes: bytesOf(found) };
}

/** The bytes of what was found. */
export function bytesOf(found: readonly (Buffer | undefined)[]): number {
  return found.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0);
}
