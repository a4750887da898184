import { fieldsEnd } from '../keystring/decode.ts';
import { edgeBytes, isEverything } from '../planner/intervals.ts';
import type { IndexPlan } from '../planner/plan.ts';

interface FieldCheck {
  field: number;
  /** In the field's own direction, ascending. */
  ranges: { lower: Buffer; upper: Buffer }[];
}

/**
 * Checks the bounds of the fields behind those that the ranges settle, on the bytes of the key: entries that cannot
 * match are left out before their documents are fetched. Undefined if there are none.
 */
export function keyFilter(plan: IndexPlan): ((key: Buffer) => boolean) | undefined {
  const { ordering, version } = plan.index.table.layout;
  const checks = plan.bounds.flatMap(({ intervals }, field): FieldCheck[] => {
    if (field < plan.settled || isEverything(intervals)) return [];
    const descending = (ordering[field] ?? 1) < 0;
    const ranges = intervals.map(({ low, high }) => {
      const first = edgeBytes(low.bytes, descending);
      const second = edgeBytes(high.bytes, descending);
      return descending ? { lower: second, upper: first } : { lower: first, upper: second };
    });
    return [{ field, ranges }];
  });
  if (checks.length === 0) return undefined;
  return (key) =>
    checks.every(({ field, ranges }) => {
      const start = fieldsEnd(key, 4, ordering, version, field);
      // What follows the field in the key lies between the two discriminators, as the end byte does.
      const rest = key.subarray(start);
      return ranges.some(({ lower, upper }) => lower.compare(rest) <= 0 && rest.compare(upper) < 0);
    });
}
