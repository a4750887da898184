import { boolOf, dateOf, doubleOf, intOf, longOf, stringOf } from '../../bson/access.ts';
import { decimalOf, decimalText, signOf, type Decimal } from '../../bson/decimal.ts';
import { longValue, intValue } from '../../bson/make.ts';
import { decimalFrom, exactLong } from '../../bson/numbers.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { dateText, timestampText } from './date/calendar.ts';
import { toWhole } from './decimal/arithmetic.ts';
import { decimalFromDouble15 } from './decimal/from-double.ts';
import { typeName } from './type-name.ts';

/**
 * Missing, null or undefined: what most operators answer with null. Claims `undefined` so that the compiler knows of a
 * value in the other case.
 */
export function isNullish(value: Value | undefined): value is undefined {
  return value === undefined || value.type === BsonType.null || value.type === BsonType.undefined;
}

/** An int, long, double or decimal. */
export function isNumber(value: Value | undefined): value is Value {
  return value !== undefined && isNumberType(value.type);
}

/** The widest of two number types: int, long, double, decimal in that order. */
export function widest(a: number, b: number): number {
  if (a === BsonType.decimal || b === BsonType.decimal) return BsonType.decimal;
  if (a === BsonType.double || b === BsonType.double) return BsonType.double;
  return a === BsonType.long || b === BsonType.long ? BsonType.long : BsonType.int;
}

/** Truth: false, zero, null, undefined and missing are false, everything else (NaN, empty strings) is true. */
export function toBool(value: Value | undefined): boolean {
  switch (value?.type) {
    case undefined:
    case BsonType.null:
    case BsonType.undefined:
      return false;
    case BsonType.bool:
      return boolOf(value);
    case BsonType.int:
      return intOf(value) !== 0;
    case BsonType.long:
      return longOf(value) !== 0n;
    case BsonType.double:
      return doubleOf(value) !== 0;
    case BsonType.decimal: {
      const decimal = decimalOf(value);
      return decimal.kind === 'nan' || signOf(decimal) !== 0;
    }
    default:
      return true;
  }
}

/** A number as decimal where it meets one in arithmetic: a double gives its first 15 digits, the others are exact. */
export function toDecimal(value: Value): Decimal {
  return value.type === BsonType.double ? decimalFromDouble15(doubleOf(value)) : decimalFrom(value);
}

/** A whole number as int, or as long if it is beyond 32 bits; beyond 64 bits it wraps. */
export function intOrLong(whole: number | bigint): Value {
  if (whole >= -0x8000_0000 && whole <= 0x7fff_ffff) return intValue(Number(whole));
  return longValue(BigInt.asIntN(64, BigInt(whole)));
}

/** The value as a 32-bit number if it is one exactly, whatever its type; else undefined. */
export function exactInt(value: Value): number | undefined {
  if (value.type === BsonType.int) return intOf(value);
  const whole = exactLong(value);
  return whole === undefined || BigInt.asIntN(32, whole) !== whole ? undefined : Number(whole);
}

/**
 * A number as a whole 64-bit number where an operator works with whole numbers: a double is cut, a decimal rounded
 * half to even, and what is out of range or NaN becomes the least long, as on the processors that mongod runs on.
 */
export function toLong(value: Value): bigint {
  switch (value.type) {
    case BsonType.int:
      return BigInt(intOf(value));
    case BsonType.long:
      return longOf(value);
    case BsonType.double: {
      const double = Math.trunc(doubleOf(value));
      return double >= -(2 ** 63) && double < 2 ** 63 ? BigInt(double) : leastLong;
    }
    default:
      return decimalToLong(decimalOf(value));
  }
}

const leastLong = -(1n << 63n);

/** A decimal rounded half to even to a long; the least long if it does not fit. */
export function decimalToLong(decimal: Decimal): bigint {
  const rounded = toWhole(decimal, 'even');
  if (rounded.kind !== 'finite') return leastLong;
  const whole = rounded.negative ? -rounded.coefficient : rounded.coefficient;
  return BigInt.asIntN(64, whole) === whole ? whole : leastLong;
}

/** The value as text, as $substr and $toLower take it: null is empty. Throws 16007 for types without text. */
export function toText(value: Value | undefined): string {
  switch (value?.type) {
    case undefined:
    case BsonType.null:
    case BsonType.undefined:
      return '';
    case BsonType.string:
    case BsonType.symbol:
    case BsonType.code:
      return stringOf(value);
    case BsonType.int:
      return String(intOf(value));
    case BsonType.long:
      return String(longOf(value));
    case BsonType.double:
      return doubleText(doubleOf(value));
    case BsonType.decimal:
      return decimalText(decimalOf(value));
    case BsonType.date:
      return dateText(dateOf(value));
    case BsonType.timestamp:
      return timestampText(value);
    default:
      throw location(16007, `can't convert from BSON type ${typeName(value)} to String`);
  }
}

/** A double with six digits, as C's `%g` prints it: 3.25, 1e+10, 123457, nan. */
export function doubleText(double: number): string {
  if (Number.isNaN(double)) return 'nan';
  if (!Number.isFinite(double)) return double < 0 ? '-inf' : 'inf';
  if (double === 0) return Object.is(double, -0) ? '-0' : '0';
  const [mantissa = '', exponentText = '0'] = double.toExponential(5).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return trimZeros(double.toFixed(5 - exponent));
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${trimZeros(mantissa)}e${exponent < 0 ? '-' : '+'}${size}`;
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}
