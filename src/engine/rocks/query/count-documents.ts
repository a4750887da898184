import type { Value } from '../../../bson/value.ts';
import { settleChoice } from '../planner/settle.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import { resolveCollator } from './collation.ts';
import { compileQuery } from './compiled-query.ts';
import { countableEntries, smallestTable } from './covered-count.ts';
import { matched } from './matched.ts';
import { matchingCounts } from './matching-documents.ts';
import { nearest } from './nearest.ts';
import { planQuery } from './plan-query.ts';
import { readPlan } from './plan-source.ts';
import { checkNearIndex, checkQueryRules } from './query-rules.ts';

export interface CountRequest {
  db: string;
  name: string;
  filter: Value;
  hint: Value | undefined;
  collation: Value | undefined;
  /** Counting may end here. */
  atMost: bigint | undefined;
  signal: AbortSignal;
}

/** How many documents of a collection match. Where the index alone tells, no document is read. */
export async function countDocuments(state: RocksEngineState, request: CountRequest): Promise<number> {
  const { db, name, signal, hint } = request;
  const collection = state.catalog.collection(db, name);
  const collator = resolveCollator(request.collation, collection);
  const query = compileQuery(request.filter, collection, collator);
  checkQueryRules(query, { hint });
  checkNearIndex(query, collection);
  const planned = planQuery(collection, {
    query,
    sort: undefined,
    hint,
    min: undefined,
    max: undefined,
    collator,
  });
  const { winning } = await settleChoice(state.database, planned);
  if (collection === undefined) return 0;
  const counts = newScanCounts();
  const limit = request.atMost ?? BigInt(Number.MAX_SAFE_INTEGER);
  const source =
    query.filter.kind === 'alwaysTrue' && winning.kind === 'collection'
      ? await smallestTable(state, collection, signal)
      : countableEntries(state, query, winning, counts, signal);
  if (source) return countUpTo(source, limit);
  const eager = request.atMost === undefined;
  const options = { eager, signal };
  if (query.near) {
    const documents = matched(readPlan(state, collection, winning, options, counts), query, signal);
    return countUpTo(lengths(nearest(documents, query.near)), limit);
  }
  return countUpTo(matchingCounts(state, collection, winning, query, options, counts), limit);
}

async function* lengths(batches: AsyncIterable<readonly unknown[]>): AsyncGenerator<number> {
  for await (const batch of batches) yield batch.length;
}

async function countUpTo(numbers: AsyncIterable<number>, limit: bigint): Promise<number> {
  let total = 0;
  for await (const number of numbers) {
    total += number;
    if (BigInt(total) >= limit) return Number(limit);
  }
  return total;
}
