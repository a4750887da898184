import type { Collator } from '../../../bson/compare.ts';
import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { CommandError } from '../../../query/errors.ts';
import { comparatorOf, keyed, parseSortParts } from '../../../query/stages/sort-keys.ts';
import { sorted } from '../../../query/stages/sorter.ts';
import { naturalDirection } from './hinted-plan.ts';

/** The sort of a find. */
export interface FindSort {
  /** Sorts documents; only the first `wanted` are needed. */
  run(documents: Batches, wanted: number | undefined, signal: AbortSignal): Batches;
}

/** mongod's limit for a sort without an index. */
export const sortMemoryLimit = 32 * 1024 * 1024;

/** Compiles the sort of a find; undefined if the documents' own order will do. Throws CommandError. */
export function compileFindSort(
  pattern: Value | undefined,
  collator: Collator | undefined,
): FindSort | undefined {
  if (pattern === undefined || naturalDirection(pattern)) return undefined;
  const parts = parseSortParts(pattern);
  const compare = comparatorOf(parts, collator);
  return {
    run: (documents, wanted, signal) =>
      sorted(documents, {
        keyOf: (document) => keyed(document, parts),
        compare,
        limit: wanted,
        memoryLimit: sortMemoryLimit,
        directory: undefined,
        tooLarge: sortTooLarge,
        signal,
      }),
  };
}

function sortTooLarge(): CommandError {
  return new CommandError(
    96,
    'OperationFailed',
    `Executor error during find command: OperationFailed: Sort operation used more than the maximum ${sortMemoryLimit} bytes of RAM. Add an index, or specify a smaller limit.`,
  );
}
