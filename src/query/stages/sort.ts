import type { Value } from '../../bson/value.ts';
import { comparatorOf, keyed, parseSortParts, type SortPart } from './sort-keys.ts';
import { sortLimits } from './sort-limits.ts';
import { sorted } from './sorter.ts';
import type { Stage, StageContext, StageParser } from './stage.ts';

/** `{$sort: {path: 1 | -1 | {$meta: 'textScore'}, ...}}`. */
export const parseSort: StageParser = (specification, context) => [
  sortStage(specification, parseSortParts(specification), undefined, context),
];

/** A $sort of which only the first `limit` documents are wanted. */
export function limitedSort(specification: Value, limit: number, context: StageContext): Stage {
  return sortStage(specification, parseSortParts(specification), limit, context);
}

function sortStage(
  specification: Value,
  parts: SortPart[],
  limit: number | undefined,
  context: StageContext,
): Stage {
  const plan = {
    ...sortLimits(context),
    keyOf: (document: Value) => keyed(document, parts),
    compare: comparatorOf(parts, context.collator),
    limit,
  };
  return {
    name: '$sort',
    hints: { sort: specification },
    readsTextScore: parts.some(({ meta }) => meta === 'textScore'),
    run: (input) => sorted(input, plan),
  };
}
