import { recordsOf, type Collection } from '../catalog/collection.ts';
import { tableRange } from '../catalog/key-space.ts';
import type { MatchNode } from '../../../query/match/tree.ts';
import type { IndexPlan, Plan } from '../planner/plan.ts';
import { conjunctsOf, type Test } from '../planner/predicates.ts';
import { isComplete } from '../planner/usable.ts';
import type { Prefix } from '../prefix.ts';
import { scanDatabase } from '../scan/database-scan.ts';
import { scanIndex } from '../scan/index-scan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import type { CompiledQuery } from './compiled-query.ts';

/**
 * Numbers that add up to the number of a collection's documents: entries of its smallest table that has one for every document,
 * the documents' own or an index's.
 */
export async function smallestTable(
  state: RocksEngineState,
  collection: Collection,
  signal: AbortSignal,
): Promise<AsyncGenerator<number>> {
  const { database } = state;
  const tables = [
    recordsOf(collection),
    ...collection.indexes
      .filter((index) => isComplete(index) && !index.multikey && index.isId)
      .map(({ table }) => table?.prefix),
  ].filter((prefix) => prefix !== undefined);
  const sized = await Promise.all(
    tables.map(async (prefix) => ({ prefix, size: await database.approximateSize(tableRange(prefix)) })),
  );
  sized.sort((a, b) => a.size - b.size);
  return entryCounts(state, sized[0]?.prefix ?? tables[0], signal);
}

async function* entryCounts(
  state: RocksEngineState,
  prefix: Prefix | undefined,
  signal: AbortSignal,
): AsyncGenerator<number> {
  if (prefix === undefined) return;
  const range = { ...tableRange(prefix), signal, eager: true };
  for await (const batch of scanDatabase(state.database, range)) yield batch.length;
}

/**
 * The same for a filter, from the entries of the plan's index; undefined if they do not tell: every condition must be
 * within the bounds, and no document may have several keys.
 */
export function countableEntries(
  state: RocksEngineState,
  { filter }: CompiledQuery,
  plan: Plan,
  counts: ScanCounts,
  signal: AbortSignal,
): AsyncGenerator<number> | undefined {
  if (!isCountable(plan, filter)) return undefined;
  return entryLengths(scanIndex(state.database, plan, counts, signal));
}

/** Whether the entries that a plan reads are as many as the documents that match: each document has one of them. */
export function isCountable(plan: Plan, filter: MatchNode): plan is IndexPlan {
  if (plan.kind !== 'index' || plan.index.type !== 'btree' || plan.index.multikey || plan.limits)
    return false;
  const used = plan.bounds.flatMap((bounds) => bounds.used);
  return conjunctsOf(filter).every(
    (conjunct) =>
      conjunct.kind === 'path' &&
      conjunct.exact &&
      used.some(({ path, test }) => path === conjunct.path && isSameTest(test, conjunct.test)),
  );
}

/** Of one filter: the values of equal tests are the same. */
function isSameTest(a: Test, b: Test): boolean {
  if (a.op === 'in' && b.op === 'in') return a.values === b.values && a.regexes.length === b.regexes.length;
  return a.op === b.op && 'value' in a && 'value' in b && a.value === b.value;
}

async function* entryLengths(entries: AsyncIterable<readonly unknown[]>): AsyncGenerator<number> {
  for await (const batch of entries) yield batch.length;
}
