import type { Collator } from '../../../bson/compare.ts';
import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import type { MatchNode } from '../../../query/match/tree.ts';
import { inBatches } from '../../../query/stages/batches.ts';
import { parseSort } from '../../../query/sort/pattern.ts';
import { SortKeys } from '../../../query/sort/sort-key.ts';
import { Sorter } from '../../../query/sort/sorter.ts';
import { naturalDirection } from './hinted-plan.ts';

/** The sort of a find. */
export interface FindSort {
  keys: SortKeys;
  /** Sorts in memory; 0 keeps all. */
  sorter(limit: number): Sorter;
  /** Sorts documents; only the first `wanted` are needed. Throws CommandError (96) above mongod's memory limit. */
  run(documents: Batches, wanted: number | undefined, signal?: AbortSignal): Batches;
}

/** Compiles the sort of a find; undefined if the documents' own order will do. Throws CommandError. */
export function compileFindSort(
  pattern: Value | undefined,
  collator: Collator | undefined,
  filter: MatchNode,
): FindSort | undefined {
  if (pattern === undefined) return undefined;
  const fields = parseSort(pattern);
  if (naturalDirection(pattern)) return undefined;
  const keys = new SortKeys(fields, { collator }, filter);
  return {
    keys,
    sorter: (limit) => new Sorter(keys, limit),
    run: (documents, wanted, signal) => sorted(documents, new Sorter(keys, wanted ?? 0), signal),
  };
}

async function* sorted(documents: Batches, sorter: Sorter, signal: AbortSignal | undefined): Batches {
  for await (const batch of documents) for (const document of batch) sorter.add(document);
  yield* inBatches(await sorter.finish(signal));
}
