import { stringOf } from './access.ts';
import { canonicalType } from './canonical.ts';
import type { Collator } from './compare.ts';
import { decimalOf } from './decimal.ts';
import { compareDoubleDecimal, decimalToDouble, exactLong } from './numbers.ts';
import { BsonType, isNumberType } from './types.ts';
import { elements, items, Value } from './value.ts';

/**
 * A text that two values share exactly when `compareValues` calls them equal: the key of a Map for $group, distinct,
 * $addToSet and the set expressions. Opaque and only good within this process.
 */
export function groupingKey(value: Value | undefined, collator?: Collator): string {
  if (value === undefined) return 'u';
  const { type } = value;
  if (isNumberType(type)) return numberKey(value);
  switch (type) {
    case BsonType.string:
    case BsonType.symbol:
      return stringKey(value, collator);
    case BsonType.object: {
      let key = 'o';
      for (const element of elements(value)) {
        key += `${element.name.length},${element.name}${nested(groupingKey(element.value, collator))}`;
      }
      return key;
    }
    case BsonType.array: {
      let key = 'a';
      for (const item of items(value)) key += nested(groupingKey(item, collator));
      return key;
    }
    case BsonType.codeWithScope: {
      const scope = value.start + 8 + value.bytes.readInt32LE(value.start + 4);
      const code = value.bytes.toString('latin1', value.start + 8, scope);
      return `c${nested(code)}${groupingKey(scopeOf(value, scope))}`;
    }
    case BsonType.undefined:
      return 'u';
    default:
      return `${canonicalType(type)}:${value.bytes.toString('latin1', value.start, value.end)}`;
  }
}

function scopeOf(value: Value, start: number): Value {
  return new Value(BsonType.object, value.bytes, start, value.end);
}

function nested(key: string): string {
  return `${key.length};${key}`;
}

function stringKey(value: Value, collator: Collator | undefined): string {
  if (collator !== undefined) return `s${collator.key(stringOf(value))}`;
  return `s${value.bytes.toString('latin1', value.start + 4, value.end - 1)}`;
}

/** Whole numbers by their digits, others by the double that they equal, the rest by their shortest decimal form. */
function numberKey(value: Value): string {
  if (value.type === BsonType.int) return `n${value.bytes.readInt32LE(value.start)}`;
  const whole = exactLong(value);
  if (whole !== undefined) return `n${whole}`;
  if (value.type === BsonType.double) return `d${value.bytes.readDoubleLE(value.start)}`;
  const decimal = decimalOf(value);
  if (decimal.kind === 'nan') return 'dNaN';
  const double = decimalToDouble(decimal);
  if (compareDoubleDecimal(double, decimal) === 0) return `d${double}`;
  const digits = decimal.coefficient.toString();
  const significant = digits.replace(/0+$/, '');
  const exponent = decimal.exponent + digits.length - significant.length;
  return `e${decimal.negative ? '-' : ''}${significant}E${exponent}`;
}
