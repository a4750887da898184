import type { Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { holdLimit } from './memory.ts';
import { comparatorOf, keyed, parseSortParts, type SortPart } from './sort-keys.ts';
import { sorted } from './sorter.ts';
import type { Stage, StageContext, StageParser } from './stage.ts';
import { hostOf } from './host.ts';

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
    keyOf: (document: Value) => keyed(document, parts),
    compare: comparatorOf(parts, context.collator),
    limit,
    memoryLimit: context.memoryLimit,
    runBytes: holdLimit(context),
    directory: context.allowDiskUse ? () => hostOf(context).scratchDirectory() : undefined,
    tooLarge: () =>
      location(
        16819,
        `Sort exceeded memory limit of ${context.memoryLimit} bytes, but did not opt in to external sorting. Aborting operation. Pass allowDiskUse:true to opt in.`,
      ),
    signal: context.signal,
  };
  return {
    name: '$sort',
    hints: { sort: specification },
    readsTextScore: parts.some(({ meta }) => meta === 'textScore'),
    run: (input) => sorted(input, plan),
  };
}
