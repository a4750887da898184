import { canonicalType } from '../../bson/canonical.ts';
import { compareSameType, type Collator } from '../../bson/compare.ts';
import { plainNumber } from '../../bson/numbers.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { Value } from '../../bson/value.ts';
import type { ValueTest } from './path-walker.ts';
import type { CompareNode, CompareOperator } from './tree.ts';

/**
 * The test of a comparison. Values of another type never match, but for null (which undefined and missing values
 * equal) and for MinKey and MaxKey, to which every other type compares somehow: mongod's rules.
 */
export function compareTest(node: CompareNode, collator: Collator | undefined): ValueTest {
  const { operator, value } = node;
  if (isNumberType(value.type) && value.type !== BsonType.decimal) {
    const number = plainNumber(value);
    if (typeof number === 'number' && !Number.isNaN(number)) return numberTest(operator, number, value);
  }
  if (value.type === BsonType.string && operator === 'eq' && collator === undefined)
    return stringEquals(value);
  return anyTest(operator, value, collator);
}

function anyTest(operator: CompareOperator, value: Value, collator: Collator | undefined): ValueTest {
  const wanted = canonicalType(value.type);
  const accepts = acceptance(operator);
  const acceptsEqual = accepts(0);
  const isKey = value.type === BsonType.minKey || value.type === BsonType.maxKey;
  const isNumber = isNumberType(value.type);
  return (type, bytes, start, end) => {
    const canonical = canonicalType(type);
    if (canonical !== wanted) {
      // Undefined and missing (0) against null (5), either way round.
      if (canonical + wanted === 5) return acceptsEqual;
      return isKey && operator !== 'eq';
    }
    const candidate = new Value(type, bytes, start, end);
    if (isNumber && (isNaNValue(candidate) || isNaNValue(value))) {
      return acceptsEqual && isNaNValue(candidate) && isNaNValue(value);
    }
    return accepts(compareSameType(candidate, value, collator));
  };
}

function acceptance(operator: CompareOperator): (order: number) => boolean {
  switch (operator) {
    case 'eq':
      return (order) => order === 0;
    case 'lt':
      return (order) => order < 0;
    case 'lte':
      return (order) => order <= 0;
    case 'gt':
      return (order) => order > 0;
    case 'gte':
      return (order) => order >= 0;
  }
}

function isNaNValue(value: Value): boolean {
  if (value.type === BsonType.double) return Number.isNaN(value.bytes.readDoubleLE(value.start));
  return value.type === BsonType.decimal && ((value.bytes[value.start + 15] as number) & 0x7c) === 0x7c;
}

/** Against a number that JavaScript holds exactly, int, double and most longs need no allocation. */
function numberTest(operator: CompareOperator, number: number, value: Value): ValueTest {
  const general = anyTest(operator, value, undefined);
  const accepts = numberAcceptance(operator, number);
  return (type, bytes, start, end) => {
    switch (type) {
      case BsonType.int:
        return accepts(bytes.readInt32LE(start));
      case BsonType.double:
        // NaN fails every comparison, as it must here.
        return accepts(bytes.readDoubleLE(start));
      case BsonType.long: {
        const high = bytes.readInt32LE(start + 4);
        if (high >= -0x20_0000 && high < 0x20_0000) {
          return accepts(high * 0x1_0000_0000 + bytes.readUInt32LE(start));
        }
        return general(type, bytes, start, end);
      }
      case BsonType.decimal:
        return general(type, bytes, start, end);
      default:
        return false;
    }
  };
}

function numberAcceptance(operator: CompareOperator, number: number): (candidate: number) => boolean {
  switch (operator) {
    case 'eq':
      return (candidate) => candidate === number;
    case 'lt':
      return (candidate) => candidate < number;
    case 'lte':
      return (candidate) => candidate <= number;
    case 'gt':
      return (candidate) => candidate > number;
    case 'gte':
      return (candidate) => candidate >= number;
  }
}

function stringEquals(value: Value): ValueTest {
  const wanted = Buffer.from(value.slice());
  const length = wanted.length;
  return (type, bytes, start, end) => {
    if (end - start !== length || (type !== BsonType.string && type !== BsonType.symbol)) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== wanted[i]) return false;
    return true;
  };
}
