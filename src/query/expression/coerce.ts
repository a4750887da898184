import { boolOf, doubleOf, intOf, longOf, stringOf } from '../../bson/access.ts';
import { decimalOf, decimalText, signOf, type Decimal } from '../../bson/decimal.ts';
import { longValue, intValue } from '../../bson/make.ts';
import { decimalFrom, exactLong, toDouble, toLongClamped } from '../../bson/numbers.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { dateText, timestampText } from './date/calendar.ts';
import { decimalFromDouble15 } from './decimal/from-double.ts';
import { typeName } from './type-name.ts';

/** Missing, null or undefined: what most operators answer with null. */
export function isNullish(value: Value | undefined): value is undefined {
  return value === undefined || value.type === BsonType.null || value.type === BsonType.undefined;
}

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
      return boolOf(value as Value);
    case BsonType.int:
      return intOf(value as Value) !== 0;
    case BsonType.long:
      return longOf(value as Value) !== 0n;
    case BsonType.double:
      return doubleOf(value as Value) !== 0;
    case BsonType.decimal: {
      const decimal = decimalOf(value as Value);
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
export function intOrLong(whole: bigint): Value {
  if (whole >= -0x8000_0000n && whole <= 0x7fff_ffffn) return intValue(Number(whole));
  return longValue(BigInt.asIntN(64, whole));
}

/** The value as a 32-bit number if it is one exactly, whatever its type; else undefined. */
export function exactInt(value: Value): number | undefined {
  if (value.type === BsonType.int) return intOf(value);
  const whole = exactLong(value);
  return whole === undefined || BigInt.asIntN(32, whole) !== whole ? undefined : Number(whole);
}

export { toDouble, toLongClamped };

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
      return stringOf(value as Value);
    case BsonType.int:
      return String(intOf(value as Value));
    case BsonType.long:
      return String(longOf(value as Value));
    case BsonType.double:
      return doubleText(doubleOf(value as Value));
    case BsonType.decimal:
      return decimalText(decimalOf(value as Value));
    case BsonType.date:
      return dateText((value as Value).bytes.readBigInt64LE((value as Value).start));
    case BsonType.timestamp:
      return timestampText(value as Value);
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
