import { stringBytesOf, stringOf } from '../../../bson/access.ts';
import { intValue, nullValue } from '../../../bson/make.ts';
import type { Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { isNullish } from '../coerce.ts';
import { searchBound } from '../search-bound.ts';
import { ranged } from '../nary.ts';
import type { OperatorEntry } from '../operator.ts';
import { typeName } from '../type-name.ts';
import { isString } from './text.ts';

type Find = (input: Value, token: Value, start: number, end: number) => number;

function indexOf(name: string, firstCode: number, find: Find): OperatorEntry {
  return ranged(2, 4, {
    name,
    evaluate(operands, variables) {
      const input = operands[0]?.evaluate(variables);
      if (isNullish(input)) return nullValue;
      if (!isString(input)) throw notString(name, firstCode, 'first', input);
      const token = operands[1]?.evaluate(variables);
      if (!isString(token)) throw notString(name, firstCode + 1, 'second', token);
      const start = searchBound(name, 'starting', operands[2], variables) ?? 0;
      const end = searchBound(name, 'ending', operands[3], variables) ?? Infinity;
      return intValue(find(input, token, start, end));
    },
  });
}

function notString(name: string, code: number, which: string, value: Value | undefined): Error {
  return location(code, `${name} requires a string as the ${which} argument, found: ${typeName(value)}`);
}

const findBytes: Find = (input, token, start, end) => {
  const bytes = stringBytesOf(input);
  const limit = Math.min(end, bytes.length);
  if (start > bytes.length || limit < start) return -1;
  return bytes.subarray(0, limit).indexOf(stringBytesOf(token), start);
};

/** Only the start of the token must lie before `end`, unlike with bytes. */
const findCodePoints: Find = (input, token, start, end) => {
  const text = stringOf(input);
  const sought = stringOf(token);
  // Wherever the search starts, as in mongod.
  if (text === '' && sought === '') return 0;
  let point = 0;
  for (let at = 0; at < text.length && point < end; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) {
    if (point >= start && text.startsWith(sought, at)) return point;
    point++;
  }
  return -1;
};

/** Places of one string in another, as an int; -1 if it is not there. */
export const searchOperators: readonly OperatorEntry[] = [
  indexOf('$indexOfBytes', 40091, findBytes),
  indexOf('$indexOfCP', 40093, findCodePoints),
];
