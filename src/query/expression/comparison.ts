import { compareValues } from '../../bson/compare.ts';
import { boolValue, intValue } from '../../bson/make.ts';
import { binary } from './nary.ts';
import type { OperatorEntry } from './operator.ts';

function comparison(name: string, holds: (order: number) => boolean): OperatorEntry {
  return binary(name, (left, right, scope) => boolValue(holds(compareValues(left, right, scope.collator))));
}

/** Comparisons by MongoDB's order of all types, under the collation; a missing value is below null. */
export const comparisonOperators: readonly OperatorEntry[] = [
  binary('$cmp', (left, right, scope) => intValue(Math.sign(compareValues(left, right, scope.collator)))),
  comparison('$eq', (order) => order === 0),
  comparison('$ne', (order) => order !== 0),
  comparison('$gt', (order) => order > 0),
  comparison('$gte', (order) => order >= 0),
  comparison('$lt', (order) => order < 0),
  comparison('$lte', (order) => order <= 0),
];
