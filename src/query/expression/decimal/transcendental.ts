import { Decimal as DecimalJs } from 'decimal.js';
import {
  compareDecimals,
  decimalInfinity,
  decimalNaN,
  decimalText,
  roundDecimal,
  type Decimal,
} from '../../../bson/decimal.ts';
import { decimalFromInteger, decimalZero, divide, isZero } from './arithmetic.ts';
import { binaryFraction } from './from-double.ts';

/**
 * exp, logarithms and powers of Decimal128. mongod computes them in binary128 (113 bits) and converts the result back
 * to 34 digits, which decides the last digit and which results are exact (1000 has the log10 3, and 1.1 squared is
 * 1.210000000000000000000000000000000); so do these functions, from more digits.
 */

const precise = DecimalJs.clone({ precision: 90, maxE: 9e15, minE: -9e15 });
type Big = DecimalJs;

const one = decimalFromInteger(1n);

/** e^a. */
export function exponential(a: Decimal): Decimal {
  if (a.kind === 'nan') return decimalNaN;
  if (a.kind === 'infinity') return a.negative ? decimalZero : a;
  const exponent = bigOf(a);
  if (exponent.gt(15_000)) return decimalInfinity(false);
  if (exponent.lt(-15_000)) return roundDecimal(false, 0n, -6176);
  return fromBig(exponent.exp());
}

/** The natural logarithm of a number above zero. */
export function naturalLogarithm(a: Decimal): Decimal {
  return a.kind === 'finite' ? fromBig(bigOf(a).ln()) : a;
}

/** The logarithm to base 10 of a number above zero. */
export function decimalLogarithm(a: Decimal): Decimal {
  return a.kind === 'finite' ? fromBig(bigOf(a).log(10)) : a;
}

/**
 * $log of mongod 3.4: right for the bases 2 and 10; for any other base it divides the natural logarithm by the base
 * itself, and answers must be the same.
 */
export function logarithm(a: Decimal, base: Decimal): Decimal {
  if (compareDecimals(base, decimalFromInteger(10n)) === 0) return decimalLogarithm(a);
  if (compareDecimals(base, decimalFromInteger(2n)) === 0) {
    return a.kind === 'finite' ? fromBig(bigOf(a).log(2)) : a;
  }
  return divide(naturalLogarithm(a), base);
}

/** base^exponent; NaN for a negative base and a fractional exponent. */
export function power(base: Decimal, exponent: Decimal): Decimal {
  if (isZero(exponent) || compareDecimals(base, one) === 0) return one;
  if (base.kind === 'nan' || exponent.kind === 'nan') return decimalNaN;
  const whole = exponent.kind !== 'finite' || bigOf(exponent).isInteger();
  const odd = exponent.kind === 'finite' && whole && !bigOf(exponent).mod(2).isZero();
  if (base.negative && !whole) return decimalNaN;
  const negative = base.negative && odd;
  const limit = limitOf(base, exponent);
  if (limit !== undefined)
    return limit === 'zero' ? roundDecimal(negative, 0n, 0) : decimalInfinity(negative);
  const size = powerOfPositive(bigOf({ ...base, negative: false }), bigOf(exponent));
  return size.kind === 'finite' ? { ...size, negative } : decimalInfinity(negative);
}

/** Powers of zero or infinity, and to an infinite exponent; undefined for the others. */
function limitOf(base: Decimal, exponent: Decimal): 'zero' | 'infinity' | undefined {
  const grows = !exponent.negative;
  if (isZero(base)) return grows ? 'zero' : 'infinity';
  if (base.kind === 'infinity') return grows ? 'infinity' : 'zero';
  if (exponent.kind !== 'infinity') return undefined;
  return compareDecimals({ ...base, negative: false }, one) > 0 === grows ? 'infinity' : 'zero';
}

/**
 * The power of the operands rounded to 113 bits, then one correction for that rounding: this gives mongod's last digit
 * where a correctly rounded power would differ.
 */
function powerOfPositive(base: Big, exponent: Big): Decimal {
  const logarithmOfBase = base.ln();
  const size = logarithmOfBase.mul(exponent);
  if (size.gt(15_000)) return decimalInfinity(false);
  if (size.lt(-15_000)) return roundDecimal(false, 0n, -6176);
  const nearBase = binary128(base);
  const nearExponent = binary128(exponent);
  const near = binary128(nearBase.ln().mul(nearExponent).exp());
  const correction = exponent
    .mul(base.minus(nearBase))
    .div(nearBase)
    .plus(logarithmOfBase.mul(exponent.minus(nearExponent)));
  return fromBig(near.plus(near.mul(correction)));
}

function bigOf(a: Decimal): Big {
  return new precise(decimalText(a));
}

/** A number with 113 bits, as mantissa * 2^exponent. */
function bitsOf(value: Big): { mantissa: bigint; exponent: number } {
  const rounded = Math.floor(value.abs().log(2).toNumber());
  const places = precise.pow(2, rounded).gt(value.abs()) ? rounded - 1 : rounded;
  const exponent = places - 112;
  const scaled = value.abs().div(precise.pow(2, exponent));
  return { mantissa: BigInt(scaled.toFixed(0, DecimalJs.ROUND_HALF_EVEN)), exponent };
}

function binary128(value: Big): Big {
  if (value.isZero()) return value;
  const { mantissa, exponent } = bitsOf(value);
  return new precise(mantissa.toString()).mul(precise.pow(2, exponent)).mul(value.isNegative() ? -1 : 1);
}

function fromBig(value: Big): Decimal {
  if (value.isZero()) return decimalZero;
  const { mantissa, exponent } = bitsOf(value);
  const exact = binaryFraction(mantissa, exponent);
  return roundDecimal(value.isNegative(), exact.coefficient, exact.exponent);
}
