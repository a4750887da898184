import { BsonType } from './types.ts';
import { Value } from './value.ts';

/**
 * A Decimal128 taken apart: (negative ? -1 : 1) * coefficient * 10^exponent. Zeros keep sign and exponent, so 0E-3
 * and -0 come back as they were.
 */
export interface Decimal {
  readonly kind: 'finite' | 'infinity' | 'nan';
  readonly negative: boolean;
  /** 0 to 10^34 - 1; 0n unless finite. */
  readonly coefficient: bigint;
  /** -6176 to 6111; 0 unless finite. */
  readonly exponent: number;
}

export const decimalNaN: Decimal = { kind: 'nan', negative: false, coefficient: 0n, exponent: 0 };

export function decimalInfinity(negative: boolean): Decimal {
  return { kind: 'infinity', negative, coefficient: 0n, exponent: 0 };
}

/** The most digits of a coefficient, and the limits of the exponent. */
export const maxDigits = 34;
const minExponent = -6176;
const maxExponent = 6111;

const maxCoefficient = 10n ** 34n - 1n;
const bias = 6176;

/** Reads the 16 bytes of a decimal (IEEE 754-2008, binary integer coefficient). A coefficient out of range counts as 0. */
export function decimalOf(value: Value): Decimal {
  const low = value.bytes.readBigUInt64LE(value.start);
  const high = value.bytes.readBigUInt64LE(value.start + 8);
  const negative = high >> 63n === 1n;
  const top = Number((high >> 58n) & 0x1fn);
  if (top === 0x1f) return { ...decimalNaN, negative };
  if (top === 0x1e) return decimalInfinity(negative);
  if (top >= 0x18) {
    const exponent = Number((high >> 47n) & 0x3fffn) - bias;
    return { kind: 'finite', negative, coefficient: 0n, exponent };
  }
  const exponent = Number((high >> 49n) & 0x3fffn) - bias;
  const coefficient = ((high & 0x1_ffff_ffff_ffffn) << 64n) | low;
  return { kind: 'finite', negative, coefficient: coefficient > maxCoefficient ? 0n : coefficient, exponent };
}

/** A decimal value. Throws RangeError if coefficient or exponent do not fit (use `roundDecimal` first). */
export function decimalValue(decimal: Decimal): Value {
  const bytes = Buffer.allocUnsafe(16);
  const sign = decimal.negative ? 1n << 63n : 0n;
  let high: bigint;
  let low = 0n;
  if (decimal.kind === 'nan') high = 0x1fn << 58n;
  else if (decimal.kind === 'infinity') high = 0x1en << 58n;
  else {
    const exponent = decimal.exponent + bias;
    if (decimal.coefficient > maxCoefficient || exponent < 0 || decimal.exponent > maxExponent) {
      throw new RangeError('the decimal does not fit into 128 bits');
    }
    high = (BigInt(exponent) << 49n) | (decimal.coefficient >> 64n);
    low = decimal.coefficient & 0xffff_ffff_ffff_ffffn;
  }
  bytes.writeBigUInt64LE(low, 0);
  bytes.writeBigUInt64LE(high | sign, 8);
  return new Value(BsonType.decimal, bytes, 0, 16);
}

/**
 * Brings a coefficient of any length into range, rounding half to even; overflow gives Infinity, underflow zero.
 * `sticky` says that digits after the given ones were cut off and were not all zero.
 */
export function roundDecimal(
  negative: boolean,
  coefficient: bigint,
  exponent: number,
  sticky = false,
): Decimal {
  const digits = coefficient === 0n ? 1 : coefficient.toString().length;
  const drop = Math.max(digits - maxDigits, minExponent - exponent, 0);
  let kept = coefficient;
  let scale = exponent;
  if (drop > 0) {
    kept = drop > digits + 1 ? 0n : roundHalfEven(coefficient, 10n ** BigInt(drop), sticky);
    scale += drop;
    if (kept > maxCoefficient) {
      kept /= 10n;
      scale += 1;
    }
  }
  if (kept === 0n) {
    scale = Math.min(Math.max(scale, minExponent), maxExponent);
  } else if (scale > maxExponent) {
    const pad = scale - maxExponent;
    if (pad + kept.toString().length > maxDigits) return decimalInfinity(negative);
    kept *= 10n ** BigInt(pad);
    scale = maxExponent;
  }
  return { kind: 'finite', negative, coefficient: kept, exponent: scale };
}

function roundHalfEven(coefficient: bigint, divisor: bigint, sticky: boolean): bigint {
  const quotient = coefficient / divisor;
  const twice = (coefficient % divisor) * 2n;
  if (twice > divisor || (twice === divisor && (sticky || (quotient & 1n) === 1n))) return quotient + 1n;
  return quotient;
}

const pattern = /^([+-])?(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d+))?$/i;

/**
 * Reads a number's text as Decimal128, rounded to 34 digits; undefined if it is no number. Source: the Decimal128
 * part of the BSON specification.
 */
export function parseDecimal(text: string): Decimal | undefined {
  const special = /^([+-])?(?:(inf(?:inity)?)|nan)$/i.exec(text);
  if (special !== null) {
    return special[2] === undefined ? decimalNaN : decimalInfinity(special[1] === '-');
  }
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const fraction = match[3] ?? match[4] ?? '';
  const exponent = Number(match[5] ?? '0') - fraction.length;
  const digits = `${match[2] ?? ''}${fraction}`.replace(/^0+(?=\d)/, '');
  if (exponent > 100_000 && /[1-9]/.test(digits)) return decimalInfinity(match[1] === '-');
  return roundDecimal(match[1] === '-', BigInt(digits), Math.max(exponent, -100_000));
}

/** The decimal's text as the BSON specification and mongod write it: 1.50, 1E+3, -0, NaN. */
export function decimalText(decimal: Decimal): string {
  if (decimal.kind === 'nan') return 'NaN';
  const sign = decimal.negative ? '-' : '';
  if (decimal.kind === 'infinity') return `${sign}Infinity`;
  const digits = decimal.coefficient.toString();
  const { exponent } = decimal;
  const adjusted = exponent + digits.length - 1;
  if (exponent > 0 || adjusted < -6) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits.charAt(0)}${rest}E${adjusted < 0 ? '' : '+'}${adjusted}`;
  }
  if (exponent === 0) return sign + digits;
  const padded = digits.padStart(1 - exponent, '0');
  const point = padded.length + exponent;
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}

/** -1, 0 or 1; NaN is equal to itself and below all others; 1.0 and 1.00 are equal. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.kind === 'nan' || b.kind === 'nan') return Number(a.kind !== 'nan') - Number(b.kind !== 'nan');
  const bySign = signOf(a) - signOf(b);
  if (bySign !== 0) return Math.sign(bySign);
  return a.negative ? compareMagnitudes(b, a) : compareMagnitudes(a, b);
}

/** -1, 0 or 1, the sign of the number (0 for both zeros); not meaningful for NaN. */
export function signOf(decimal: Decimal): number {
  if (decimal.kind === 'finite' && decimal.coefficient === 0n) return 0;
  return decimal.negative ? -1 : 1;
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.kind !== 'finite' || b.kind !== 'finite') {
    return Number(a.kind !== 'finite') - Number(b.kind !== 'finite');
  }
  if (a.coefficient === 0n) return 0;
  const difference = a.exponent - b.exponent;
  const byPlace = difference + a.coefficient.toString().length - b.coefficient.toString().length;
  if (byPlace !== 0) return Math.sign(byPlace);
  const left = difference > 0 ? a.coefficient * 10n ** BigInt(difference) : a.coefficient;
  const right = difference < 0 ? b.coefficient * 10n ** BigInt(-difference) : b.coefficient;
  return left < right ? -1 : left > right ? 1 : 0;
}
