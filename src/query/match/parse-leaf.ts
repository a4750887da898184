import { doubleOf, stringOf } from '../../bson/access.ts';
import { toDouble, toLongClamped } from '../../bson/numbers.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, items, type Element, type Value } from '../../bson/value.ts';
import { badValue, CommandError } from '../errors.ts';
import { castToInt } from './cast.ts';
import { isExpressionDocument } from './expression-document.ts';
import { parseRegexValue } from './parse-regex.ts';
import type { CompareOperator, MatchNode, RegexNode } from './tree.ts';
import { typeByAlias, typeName } from './type-codes.ts';

/** Predicates whose argument is a plain value. Each throws CommandError with mongod 3.4's text. */

export function parseCompare(path: string, operator: CompareOperator, value: Value): MatchNode {
  if (value.type === BsonType.regex && operator !== 'eq') {
    throw badValue(`Can't have RegEx as arg to predicate over field '${path}'.`);
  }
  if (value.type === BsonType.undefined) throw badValue('cannot compare to undefined');
  return { kind: 'compare', path, operator, value };
}

export function parseIn(path: string, { name, value }: Element): MatchNode {
  if (value.type !== BsonType.array) throw badValue(`${name} needs an array`);
  const values: Value[] = [];
  const regexes: RegexNode[] = [];
  for (const item of items(value)) {
    if (isExpressionDocument(item, false)) throw badValue('cannot nest $ under $in');
    if (item.type === BsonType.regex) regexes.push(parseRegexValue(path, item));
    else if (item.type === BsonType.undefined)
      throw badValue('InMatchExpression equality cannot be undefined');
    else values.push(item);
  }
  return { kind: 'in', path, values, regexes };
}

export function parseSize(path: string, value: Value): MatchNode {
  if (!isNumberType(value.type) || value.type === BsonType.decimal) throw badValue('$size needs a number');
  if (value.type === BsonType.double && !Number.isInteger(doubleOf(value))) {
    throw badValue('$size must be a whole number');
  }
  const size = Number(toLongClamped(value));
  if (size !== (size | 0)) throw badValue('$size must be representable as a 32-bit integer');
  if (size < 0) throw badValue('$size may not be negative');
  return { kind: 'size', path, size };
}

export function parseMod(path: string, value: Value): MatchNode {
  if (value.type !== BsonType.array) throw badValue('malformed mod, needs to be an array');
  const [divisor, remainder, extra] = [...items(value)];
  if (divisor === undefined) throw badValue('malformed mod, not enough elements');
  if (!isNumberType(divisor.type)) throw badValue('malformed mod, divisor not a number');
  if (remainder === undefined) throw badValue('malformed mod, not enough elements');
  if (extra !== undefined) throw badValue('malformed mod, too many elements');
  const by = castToInt(divisor);
  if (by === 0n) throw badValue('divisor cannot be 0');
  return {
    kind: 'mod',
    path,
    divisor: by,
    remainder: isNumberType(remainder.type) ? castToInt(remainder) : 0n,
  };
}

const numbers = [BsonType.double, BsonType.int, BsonType.long, BsonType.decimal];

/** One number or name; arrays of these came after mongod 3.4. */
export function parseType(path: string, value: Value): MatchNode {
  if (value.type === BsonType.string) {
    const alias = stringOf(value);
    if (alias === 'number') return { kind: 'type', path, types: numbers };
    const type = typeByAlias(alias);
    if (type === undefined) throw badValue(`unknown string alias for $type: ${alias}`);
    return { kind: 'type', path, types: [type] };
  }
  if (!isNumberType(value.type)) {
    throw new CommandError(14, 'TypeMismatch', 'argument to $type is not a number or a string');
  }
  // What is no whole number of 32 bits counts as -1, which is MinKey; 0 is the type of a missing value.
  const number = Number(castToInt(value));
  const code = number === toDouble(value) ? number : -1;
  const type = code & 0xff;
  if (code !== 0 && (code < -1 || code > 127 || typeName(type) === String(type))) {
    throw badValue(`Invalid numerical $type code: ${code}`);
  }
  return { kind: 'type', path, types: [type] };
}

/** What counts as true, as in `$exists: 1`. */
export function isTruthy(value: Value): boolean {
  switch (value.type) {
    case BsonType.bool:
      return value.bytes[value.start] !== 0;
    case BsonType.null:
    case BsonType.undefined:
      return false;
    default:
      return !isNumberType(value.type) || toDouble(value) !== 0;
  }
}

/** The values of $all that are no $elemMatch. */
export function parseAllValue(path: string, item: Value, isOperator: (name: string) => boolean): MatchNode {
  if (item.type === BsonType.regex) return parseRegexValue(path, item);
  if (item.type === BsonType.object) {
    for (const { name } of elements(item)) {
      if (isOperator(name)) throw badValue('no $ expressions in $all');
      break;
    }
  }
  return parseCompare(path, 'eq', item);
}
