import { intValue, nullValue } from '../../../bson/make.ts';
import { printValue } from '../../../bson/print.ts';
import { items, type Value } from '../../../bson/value.ts';
import { CommandError, location } from '../../errors.ts';
import { exactInt, isNullish, isNumber } from '../coerce.ts';
import type { Expression } from '../expression.ts';
import { ranged } from '../nary.ts';
import type { OperatorEntry } from '../operator.ts';
import { typeName } from '../type-name.ts';
import type { Variables } from '../variables.ts';
import { arrayOf } from './elements.ts';

/** $slice: `[array, count]` (negative: from the end) or `[array, position, count]`. */
function slice(operands: readonly Expression[], variables: Variables): Value {
  const array = operands[0]?.evaluate(variables);
  const second = operands[1]?.evaluate(variables);
  if (isNullish(array) || isNullish(second)) return nullValue;
  if (!array.isArray()) {
    throw location(28724, `First argument to $slice must be an array, but is of type: ${typeName(array)}`);
  }
  if (!isNumber(second)) {
    throw location(
      28725,
      `Second argument to $slice must be a numeric value, but is of type: ${typeName(second)}`,
    );
  }
  const first = exactInt(second);
  if (first === undefined) throw tooWide(28726, 'Second', second);
  const all = [...items(array)];
  if (operands[2] === undefined) return arrayOf(first < 0 ? all.slice(first) : all.slice(0, first));
  const third = operands[2].evaluate(variables);
  if (isNullish(third)) return nullValue;
  if (!isNumber(third)) {
    throw location(28727, `Third argument to $slice must be numeric, but is of type: ${typeName(third)}`);
  }
  const count = exactInt(third);
  if (count === undefined) throw tooWide(28728, 'Third', third);
  if (count <= 0) throw location(28729, `Third argument to $slice must be positive: ${count}`);
  const start = first < 0 ? Math.max(0, all.length + first) : first;
  return arrayOf(all.slice(start, start + count));
}

function tooWide(code: number, which: string, value: Value): CommandError {
  const text = printValue(value);
  return location(code, `${which} argument to $slice can't be represented as a 32-bit integer: ${text}`);
}

function wholeOf(value: Value | undefined, codes: readonly [number, number], what: string): number {
  if (!isNumber(value)) {
    throw location(
      codes[0],
      `$range requires a numeric ${what} value, found value of type: ${typeName(value)}`,
    );
  }
  const whole = exactInt(value);
  if (whole === undefined) {
    throw location(
      codes[1],
      `$range requires ${what === 'ending' ? 'an' : 'a'} ${what} value that can be represented as a 32-bit integer, found value: ${printValue(value)}`,
    );
  }
  return whole;
}

// 100 MiB of 16 bytes each, the limit of later versions: mongod 3.4 has none and may die.
const maxRange = 6_553_600;

function range(operands: readonly Expression[], variables: Variables): Value {
  const start = operands[0]?.evaluate(variables);
  const end = operands[1]?.evaluate(variables);
  const from = wholeOf(start, [34443, 34444], 'starting');
  const to = wholeOf(end, [34445, 34446], 'ending');
  const step =
    operands[2] === undefined ? 1 : wholeOf(operands[2].evaluate(variables), [34447, 34448], 'step');
  if (step === 0) throw location(34449, '$range requires a non-zero step value');
  if ((to - from) / step > maxRange) {
    throw new CommandError(146, 'ExceededMemoryLimit', `$range gives more than ${maxRange} values`);
  }
  return arrayOf(steps(from, to, step));
}

function* steps(from: number, to: number, step: number): Generator<Value> {
  for (let at = from; step > 0 ? at < to : at > to; at += step) yield intValue(at);
}

/** $slice and $range. */
export const sliceOperators: readonly OperatorEntry[] = [
  ranged(2, 3, { name: '$slice', evaluate: slice }),
  ranged(2, 3, { name: '$range', evaluate: range }),
];
