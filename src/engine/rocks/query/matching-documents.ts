import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import type { Collection } from '../catalog/collection.ts';
import { canShare, scanCollection, type CollectionScan } from '../parallel/collection-scan.ts';
import type { Plan } from '../planner/plan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import type { CompiledQuery } from './compiled-query.ts';
import { matched } from './matched.ts';
import { readPlan, type SourceOptions } from './plan-source.ts';

export interface MatchingOptions extends SourceOptions {
  /** Only the first so many in an order are needed: some of the others may be left out. */
  first?: { sort: Value; limit: number } | undefined;
  /** On this thread alone, so that what was looked at is no more than what was needed. */
  alone?: boolean | undefined;
}

/** The documents that a plan reads and the filter lets pass; a long scan is shared with other threads. */
export function matchingDocuments(
  state: RocksEngineState,
  collection: Collection,
  plan: Plan,
  query: CompiledQuery,
  options: MatchingOptions,
  counts: ScanCounts,
): Batches {
  const { first, withIds, signal } = options;
  const scan =
    options.alone === true || withIds === true ? undefined : shared(state, collection, plan, query, options);
  // Every document goes on as it is: there is nothing to share.
  if (scan === undefined || (query.filter.kind === 'alwaysTrue' && first === undefined)) {
    return matched(readPlan(state, collection, plan, options, counts), query, signal);
  }
  return documentsOf(state, { ...scan, give: first ?? 'documents' }, counts);
}

/** How many documents there are of the kind that `matchingDocuments` gives: numbers that add up to that. */
export async function* matchingCounts(
  state: RocksEngineState,
  collection: Collection,
  plan: Plan,
  query: CompiledQuery,
  options: SourceOptions,
  counts: ScanCounts,
): AsyncGenerator<number> {
  const scan = shared(state, collection, plan, query, options);
  if (scan) {
    const parts = scanCollection(state, { ...scan, give: 'count' }, counts);
    for await (const part of parts) yield part.matched;
    return;
  }
  const documents = matched(readPlan(state, collection, plan, options, counts), query, options.signal);
  for await (const batch of documents) yield batch.length;
}

function shared(
  state: RocksEngineState,
  { prefix }: Collection,
  plan: Plan,
  query: CompiledQuery,
  { eager, signal }: SourceOptions,
): Omit<CollectionScan, 'give'> | undefined {
  if (prefix === undefined || plan.kind !== 'collection' || !canShare(state, query, plan)) return undefined;
  return { prefix, plan, query, eager, signal };
}

async function* documentsOf(state: RocksEngineState, scan: CollectionScan, counts: ScanCounts): Batches {
  for await (const { documents } of scanCollection(state, scan, counts))
    if (documents.length > 0) yield documents;
}
