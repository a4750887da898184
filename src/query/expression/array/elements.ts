import { DocumentBuilder } from '../../../bson/builder.ts';
import { boolValue, intValue, nullValue } from '../../../bson/make.ts';
import { printValue } from '../../../bson/print.ts';
import { items, type Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { exactInt, isNullish, isNumber } from '../coerce.ts';
import type { Expression } from '../expression.ts';
import { always, binary, unary, variadic } from '../nary.ts';
import type { OperatorEntry } from '../operator.ts';
import { typeName } from '../type-name.ts';
import type { Variables } from '../variables.ts';

/** An array value of these items. */
export function arrayOf(values: Iterable<Value>): Value {
  const builder = new DocumentBuilder();
  for (const value of values) builder.push(value);
  return builder.finishArray();
}

function elementAt(array: Value | undefined, position: Value | undefined): Value | undefined {
  if (isNullish(array) || isNullish(position)) return nullValue;
  if (!array.isArray()) {
    throw location(28689, `$arrayElemAt's first argument must be an array, but is ${typeName(array)}`);
  }
  if (!isNumber(position)) {
    throw location(
      28690,
      `$arrayElemAt's second argument must be a numeric value, but is ${typeName(position)}`,
    );
  }
  const index = exactInt(position);
  if (index === undefined) {
    throw location(
      28691,
      `$arrayElemAt's second argument must be representable as a 32-bit integer: ${printValue(position)}`,
    );
  }
  if (index < 0) return [...items(array)].at(index);
  let left = index;
  for (const item of items(array)) if (left-- === 0) return item;
  return undefined;
}

function concatArrays(operands: readonly Expression[], variables: Variables): Value {
  const builder = new DocumentBuilder();
  for (const operand of operands) {
    const value = operand.evaluate(variables);
    if (isNullish(value)) return nullValue;
    if (!value.isArray()) {
      throw location(28664, `$concatArrays only supports arrays, not ${typeName(value)}`);
    }
    for (const item of items(value)) builder.push(item);
  }
  return builder.finishArray();
}

function size(value: Value | undefined): Value {
  if (value?.isArray() !== true) {
    throw location(17124, `The argument to $size must be an array, but was of type: ${typeName(value)}`);
  }
  return intValue(Array.from(items(value)).length);
}

function reverse(value: Value | undefined): Value {
  if (isNullish(value)) return nullValue;
  if (!value.isArray()) {
    throw location(
      34435,
      `The argument to $reverseArray must be an array, but was of type: ${typeName(value)}`,
    );
  }
  return arrayOf([...items(value)].reverse());
}

/** Arrays as wholes, and single elements of them. */
export const elementOperators: readonly OperatorEntry[] = [
  binary('$arrayElemAt', elementAt),
  variadic({ name: '$concatArrays', evaluate: concatArrays, associative: always }),
  unary('$isArray', (value) => boolValue(value?.isArray() === true)),
  unary('$size', size),
  unary('$reverseArray', reverse),
];
