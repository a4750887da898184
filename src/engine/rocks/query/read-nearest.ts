import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { nearnessOf } from '../../../query/geo/distance.ts';
import { addMetadata, metadataOf } from '../../../query/metadata.ts';
import { recordsOf, type Collection } from '../catalog/collection.ts';
import type { RecordId } from '../keystring/record-id.ts';
import { ringPlan, type NearPlan } from '../planner/near-plan.ts';
import type { IndexPlan } from '../planner/plan.ts';
import { indexBytes } from '../planner/settle.ts';
import { fetchDocuments } from '../scan/fetch.ts';
import { IdSet } from '../scan/id-set.ts';
import { entryValues, scanIndex, type Entry } from '../scan/index-scan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import type { CompiledQuery } from './compiled-query.ts';
import { matched } from './matched.ts';

export interface NearestRequest {
  collection: Collection;
  query: CompiledQuery;
  near: NonNullable<CompiledQuery['near']>;
  plan: NearPlan;
  /** How many documents are wanted, where that is known. */
  wanted: number | undefined;
  signal: AbortSignal;
  onMatched?: ((documents: number) => void) | undefined;
}

/** Bytes of the index read in the first ring, and at most in one. */
const firstRing = 64 << 10;
const largestRing = 4 << 20;

const firstWave = 32;
const largestWave = 1024;

interface Found {
  distance: number;
  id: RecordId;
  document: Value;
}

/**
 * The documents of a $near, nearest first, as they are asked for. The index is read in rings around the point. Its keys
 * tell how near a document can be at best, so that within a ring documents are fetched in that order, and only until
 * enough are known to be nearer than all others.
 */
export async function* readNearest(
  state: RocksEngineState,
  request: NearestRequest,
  counts: ScanCounts,
): Batches {
  const { plan, near } = request;
  const seen = new IdSet();
  let ready: Found[] = [];
  let wave = Math.max(request.wanted ?? firstWave, 1);
  let size = firstRing;
  for (let inner = plan.near.inner; ; size = Math.min(size * 2, largestRing)) {
    const { ring, outer } = await nextRing(state, plan, inner, size);
    const waiting = await entriesOf(state, plan, ring, seen, request, counts);
    for (let at = 0; at < waiting.length;) {
      const part = waiting.slice(at, at + wave);
      at += part.length;
      wave = Math.min(Math.max(wave * 2, firstWave), largestWave);
      ready.push(...(await measured(state, request, part, counts)));
      const limit = Math.min(waiting[at]?.least ?? Infinity, outer) * near.scale;
      const sure = ready.filter(({ distance }) => distance < limit);
      if (sure.length === 0) continue;
      ready = ready.filter(({ distance }) => distance >= limit);
      yield inOrder(sure);
    }
    if (outer >= plan.near.outer) break;
    inner = outer;
  }
  if (ready.length > 0) yield inOrder(ready);
}

/** Of equal distances the record ids decide. */
function inOrder(found: Found[]): Value[] {
  return found
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .map(({ document }) => document);
}

/** The next ring from `inner` outwards whose part of the index is about as large as wanted, found by halving. */
async function nextRing(
  { database }: RocksEngineState,
  plan: NearPlan,
  inner: number,
  size: number,
): Promise<{ ring: IndexPlan; outer: number }> {
  const { space, outer: end } = plan.near;
  const upTo = (outer: number): IndexPlan => ringPlan(plan, inner, outer);
  const whole = upTo(end);
  if ((await indexBytes(database, whole)) <= size) return { ring: whole, outer: end };
  let width = end - inner;
  let ring = whole;
  let bytes = Infinity;
  // Blocks are read whole: a smaller ring that is not of fewer bytes is no gain.
  while (width / 4 > space.finest && bytes > size) {
    const smaller = upTo(inner + width / 4);
    const needed = await indexBytes(database, smaller);
    if (needed >= bytes) break;
    [width, ring, bytes] = [width / 4, smaller, needed];
  }
  return { ring, outer: Math.min(inner + width, end) };
}

/** The entries of a ring that were not in one before, with how near each can be at best, nearest first. */
async function entriesOf(
  state: RocksEngineState,
  plan: NearPlan,
  ring: IndexPlan,
  seen: IdSet,
  { signal }: NearestRequest,
  counts: ScanCounts,
): Promise<{ entry: Entry; least: number }[]> {
  const { space, field } = plan.near;
  const found = new Map<RecordId, { entry: Entry; least: number }>();
  for await (const entries of scanIndex(state.database, ring, counts, signal)) {
    for (const entry of entries) {
      const key = entryValues(ring, entry)[field];
      const least = key === undefined ? 0 : space.leastDistance(key);
      const before = found.get(entry.id);
      if (before === undefined ? seen.add(entry.id) : least < before.least) {
        found.set(entry.id, { entry, least });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.least - b.least);
}

/** The documents of entries that match and are within the distances asked for. */
async function measured(
  state: RocksEngineState,
  { collection, query, near, signal, onMatched }: NearestRequest,
  part: readonly { entry: Entry }[],
  counts: ScanCounts,
): Promise<Found[]> {
  const measure = nearnessOf(near, near.path);
  const fetched = fetchDocuments(
    state.database,
    recordsOf(collection),
    single(part.map(({ entry }) => entry)),
    { expected: part.length, distinct: false, withIds: true, signal },
    counts,
  );
  const found: Found[] = [];
  for await (const documents of matched(fetched, query, signal)) {
    onMatched?.(documents.length);
    for (const document of documents) {
      const nearness = measure(document);
      const id = metadataOf(document)?.recordId;
      if (nearness === undefined || id === undefined) continue;
      addMetadata(document, { geoNearDistance: nearness.distance, geoNearPoint: nearness.point });
      found.push({ distance: nearness.distance, id, document });
    }
  }
  return found;
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* single<T>(item: T): AsyncGenerator<T> {
  yield item;
}
