import { valuesEqual } from '../../../bson/compare.ts';
import { falseValue, intValue, nullValue, trueValue } from '../../../bson/make.ts';
import { items, type Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { isNullish } from '../coerce.ts';
import type { Expression } from '../expression.ts';
import { binary, ranged } from '../nary.ts';
import type { OperatorEntry } from '../operator.ts';
import type { ParseScope } from '../scope.ts';
import { searchBound } from '../search-bound.ts';
import { typeName } from '../type-name.ts';
import type { Variables } from '../variables.ts';

function isIn(value: Value | undefined, array: Value | undefined, scope: ParseScope): Value {
  if (array?.isArray() !== true) {
    throw location(40081, `$in requires an array as a second argument, found: ${typeName(array)}`);
  }
  for (const item of items(array)) if (valuesEqual(value, item, scope.collator)) return trueValue;
  return falseValue;
}

function indexOfArray(operands: readonly Expression[], variables: Variables, scope: ParseScope): Value {
  const array = operands[0]?.evaluate(variables);
  if (isNullish(array)) return nullValue;
  if (!array.isArray()) {
    throw location(40090, `$indexOfArray requires an array as a first argument, found: ${typeName(array)}`);
  }
  const sought = operands[1]?.evaluate(variables);
  const start = searchBound('$indexOfArray', 'starting', operands[2], variables) ?? 0;
  const end = searchBound('$indexOfArray', 'ending', operands[3], variables) ?? Infinity;
  let index = 0;
  for (const item of items(array)) {
    if (index >= end) break;
    if (index >= start && valuesEqual(item, sought, scope.collator)) return intValue(index);
    index++;
  }
  return intValue(-1);
}

/** $in and $indexOfArray. */
export const arraySearchOperators: readonly OperatorEntry[] = [
  binary('$in', isIn),
  ranged(2, 4, { name: '$indexOfArray', evaluate: indexOfArray }),
];
