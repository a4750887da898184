import type { Value } from '../../../bson/value.ts';
import { addMetadata } from '../../../query/metadata.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { recordKey } from '../keystring/record-id.ts';
import type { Prefix } from '../prefix.ts';
import { IdSet } from './id-set.ts';
import type { Entry } from './index-scan.ts';
import { recordDocument } from './record-scan.ts';
import type { ScanCounts } from './scan-counts.ts';
import { takeTurns } from '../../../base/take-turns.ts';

/** Documents asked for in one wave: few at first, because a limit may end the query soon. */
const firstWave = 32;
const largestWave = 1024;

export interface FetchOptions {
  /** How many documents are wanted at least, where that is known. */
  expected?: number | undefined;
  /** Leave out documents that came before: entries of a multikey index, branches of an $or. */
  distinct: boolean;
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
export async function* fetchDocuments(
  database: Database,
  prefix: Prefix,
  entries: AsyncIterable<Entry[]>,
  options: FetchOptions,
  counts: ScanCounts,
): AsyncGenerator<Value[]> {
  let first = true;
  let ahead: Promise<Value[]> | undefined;
  for await (const part of waves(entries, options, counts)) {
    const begun = fetchWave(database, prefix, part, options);
    begun.catch(() => undefined);
    // The first wave may be all that is wanted. After it, one is on its way while the one before is used.
    const ready = first ? begun : ahead;
    ahead = first ? undefined : begun;
    first = false;
    if (ready) yield* counted(await ready, counts);
    const turn = takeTurns();
    if (turn) await turn;
  }
  if (ahead) yield* counted(await ahead, counts);
}

function* counted(documents: Value[], counts: ScanCounts): Generator<Value[]> {
  counts.documents += documents.length;
  if (documents.length > 0) yield documents;
}

/** The entries in pieces, growing, each to be fetched at once. */
async function* waves(
  entries: AsyncIterable<Entry[]>,
  { expected, distinct }: FetchOptions,
  counts: ScanCounts,
): AsyncGenerator<Entry[]> {
  const seen = new IdSet();
  let wave = Math.min(Math.max(expected ?? firstWave, 1), largestWave);
  for await (const batch of entries) {
    const fresh = distinct ? batch.filter(({ id }) => seen.add(id)) : batch;
    counts.duplicates += batch.length - fresh.length;
    for (let at = 0; at < fresh.length;) {
      const part = fresh.slice(at, at + wave);
      at += part.length;
      wave = Math.min(wave * 2, largestWave);
      yield part;
    }
  }
}

async function fetchWave(
  database: Database,
  prefix: Prefix,
  entries: readonly Entry[],
  { withIds, onDocument, signal }: FetchOptions,
): Promise<Value[]> {
  const keys = entries.map(({ id }) => recordKey(prefix, id));
  const found = await database.getMany(keys, signal);
  return entries.flatMap((entry, i) => {
    const bytes = found[i];
    const key = keys[i];
    if (bytes === undefined || key === undefined) return [];
    const document = recordDocument(bytes, 0, bytes.length, prefix, key, 0);
    if (withIds === true) addMetadata(document, { recordId: entry.id });
    onDocument?.(document, entry);
    return [document];
  });
}
