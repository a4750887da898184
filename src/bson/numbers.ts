import { doubleOf, intOf, longOf } from './access.ts';
import { compareDecimals, decimalOf, decimalText, signOf, type Decimal } from './decimal.ts';
import { compareSmall } from './small-decimal.ts';
import { BsonType } from './types.ts';
import type { Value } from './value.ts';

/** Exact comparison and conversion between int, long, double and decimal. */

/**
 * -1, 0 or 1 of the exact mathematical values of two numbers of any BSON number types. NaN (of either kind) is equal
 * to NaN and below every other number; -0 equals 0.
 */
export function compareNumbers(a: Value, b: Value): number {
  if (a.type === BsonType.decimal || b.type === BsonType.decimal) return compareWithDecimal(a, b);
  const left = plainNumber(a);
  const right = plainNumber(b);
  // JavaScript compares a bigint with a number exactly.
  if (left < right) return -1;
  if (left > right) return 1;
  if (left == right) return 0;
  return Number(left === left) - Number(right === right);
}

/** An int, long or double exactly: a bigint only where a number would round. */
export function plainNumber(value: Value): number | bigint {
  if (value.type === BsonType.int) return intOf(value);
  if (value.type === BsonType.double) return doubleOf(value);
  const high = value.bytes.readInt32LE(value.start + 4);
  if (high >= -0x20_0000 && high < 0x20_0000)
    return high * 0x1_0000_0000 + value.bytes.readUInt32LE(value.start);
  return longOf(value);
}

function compareWithDecimal(a: Value, b: Value): number {
  const small = compareSmall(a, b);
  if (small !== undefined) return small;
  if (a.type === BsonType.double) return compareDoubleDecimal(doubleOf(a), decimalOf(b));
  if (b.type === BsonType.double) return 0 - compareDoubleDecimal(doubleOf(b), decimalOf(a));
  return compareDecimals(decimalFrom(a), decimalFrom(b));
}

/** -1, 0 or 1 of a double against a decimal, exactly: the double 0.1 is greater than the decimal 0.1. */
export function compareDoubleDecimal(double: number, decimal: Decimal): number {
  if (Number.isNaN(double)) return decimal.kind === 'nan' ? 0 : -1;
  if (decimal.kind === 'nan') return 1;
  const rounded = decimalToDouble(decimal);
  // Rounding keeps the order, so only equality needs the exact look.
  if (double !== rounded) return double < rounded ? -1 : 1;
  if (decimal.kind === 'infinity') return 0;
  if (double === Infinity) return 1;
  if (double === -Infinity) return -1;
  if (double === 0) return 0 - signOf(decimal);
  const { mantissa, exponent } = doubleParts(double);
  let left = mantissa;
  let right = decimal.negative ? -decimal.coefficient : decimal.coefficient;
  if (exponent > 0) left <<= BigInt(exponent);
  else right <<= BigInt(-exponent);
  if (decimal.exponent > 0) right *= 10n ** BigInt(decimal.exponent);
  else left *= 10n ** BigInt(-decimal.exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The nearest double (ties to even). */
export function decimalToDouble(decimal: Decimal): number {
  return Number(decimalText(decimal));
}

/** A finite double as mantissa * 2^exponent, exactly. */
export function doubleParts(double: number): { mantissa: bigint; exponent: number } {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(double);
  const bits = bytes.readBigUInt64BE();
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: double < 0 ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 };
}

/** An int, long or decimal as a decimal, exactly. */
export function decimalFrom(value: Value): Decimal {
  if (value.type === BsonType.decimal) return decimalOf(value);
  const whole = value.type === BsonType.int ? BigInt(intOf(value)) : longOf(value);
  return {
    kind: 'finite',
    negative: whole < 0n,
    coefficient: whole < 0n ? -whole : whole,
    exponent: 0,
  };
}

/** The nearest double of a number of any type. */
export function toDouble(value: Value): number {
  if (value.type === BsonType.decimal) return decimalToDouble(decimalOf(value));
  return Number(plainNumber(value));
}

const minLong = -(1n << 63n);
const maxLong = (1n << 63n) - 1n;

/**
 * A number as a whole 64-bit number, as mongod makes it where it takes any number for a count or position: doubles towards
 * zero, decimals to the nearest, ties to even; NaN becomes 0, beyond the range the nearest end.
 */
export function toLongClamped(value: Value): bigint {
  switch (value.type) {
    case BsonType.int:
      return BigInt(intOf(value));
    case BsonType.long:
      return longOf(value);
    case BsonType.double:
      return clampDouble(doubleOf(value));
    default: {
      const decimal = decimalOf(value);
      if (decimal.kind === 'nan') return 0n;
      if (decimal.kind === 'infinity') return decimal.negative ? minLong : maxLong;
      return clamp(roundedToEven(decimal));
    }
  }
}

function clampDouble(double: number): bigint {
  if (Number.isNaN(double)) return 0n;
  if (double === Infinity) return maxLong;
  if (double === -Infinity) return minLong;
  return clamp(BigInt(Math.trunc(double)));
}

function clamp(whole: bigint): bigint {
  return whole < minLong ? minLong : whole > maxLong ? maxLong : whole;
}

/** A finite decimal cut towards zero. */
export function truncated(decimal: Decimal): bigint {
  const { coefficient, exponent } = decimal;
  if (exponent < -34) return 0n;
  const whole =
    exponent >= 0 ? coefficient * 10n ** BigInt(exponent) : coefficient / 10n ** BigInt(-exponent);
  return decimal.negative ? -whole : whole;
}

/** A finite decimal as the nearest whole number, ties to even. */
export function roundedToEven(decimal: Decimal): bigint {
  const { coefficient, exponent, negative } = decimal;
  if (exponent >= 0 || exponent < -34) return truncated(decimal);
  const unit = 10n ** BigInt(-exponent);
  const whole = coefficient / unit;
  const twice = (coefficient % unit) * 2n;
  const rounded = twice > unit || (twice === unit && whole % 2n === 1n) ? whole + 1n : whole;
  return negative ? -rounded : rounded;
}

/** The value as a long if it is one exactly (3.0 is, 3.5 and 2^63 are not), else undefined. */
export function exactLong(value: Value): bigint | undefined {
  switch (value.type) {
    case BsonType.int:
      return BigInt(intOf(value));
    case BsonType.long:
      return longOf(value);
    case BsonType.double: {
      const double = doubleOf(value);
      if (!Number.isInteger(double)) return undefined;
      return inRange(BigInt(double));
    }
    case BsonType.decimal: {
      const decimal = decimalOf(value);
      if (decimal.kind !== 'finite' || decimal.exponent > 40) {
        return decimal.kind === 'finite' && decimal.coefficient === 0n ? 0n : undefined;
      }
      if (decimal.exponent < 0 && decimal.coefficient % 10n ** BigInt(-decimal.exponent) !== 0n)
        return undefined;
      return inRange(truncated(decimal));
    }
    default:
      return undefined;
  }
}

function inRange(whole: bigint): bigint | undefined {
  return whole < minLong || whole > maxLong ? undefined : whole;
}
