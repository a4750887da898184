import { decimalInfinity, decimalNaN, roundDecimal, signOf, type Decimal } from '../../../bson/decimal.ts';

/**
 * Decimal128 arithmetic of IEEE 754-2008: results rounded half to even to 34 digits, with the exponent nearest to the
 * ideal one (1.50 + 1 is 2.50, 3 / 2 is 1.5).
 */

/** 0 with exponent 0. */
export const decimalZero: Decimal = { kind: 'finite', negative: false, coefficient: 0n, exponent: 0 };

/** A whole number as a decimal. */
export function decimalFromInteger(whole: bigint): Decimal {
  const negative = whole < 0n;
  return roundDecimal(negative, negative ? -whole : whole, 0);
}

/** The number with the other sign; zeros and infinities too. */
function negate(a: Decimal): Decimal {
  return a.kind === 'nan' ? a : { ...a, negative: !a.negative };
}

/** Whether it is 0 or -0, of any exponent. */
export function isZero(a: Decimal): boolean {
  return a.kind === 'finite' && a.coefficient === 0n;
}

/** a + b; NaN for infinities of opposite sign. */
export function add(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return decimalNaN;
  if (a.kind === 'infinity') return b.kind === 'infinity' && a.negative !== b.negative ? decimalNaN : a;
  if (b.kind === 'infinity') return b;
  const [high, low] = a.exponent >= b.exponent ? [a, b] : [b, a];
  const gap = high.exponent - low.exponent;
  // Beyond this gap the lower one cannot reach the digits that are kept: any small amount rounds alike.
  const far = gap > 80;
  const shift = far ? 80 : gap;
  const exponent = high.exponent - shift;
  const left = signed(high) * 10n ** BigInt(shift);
  const right = far && high.coefficient !== 0n ? BigInt(signOf(low)) : signed(low);
  if (far && high.coefficient === 0n) return roundDecimal(low.negative, low.coefficient, low.exponent);
  const sum = left + right;
  if (sum === 0n) {
    const negative = a.negative && b.negative;
    return roundDecimal(negative, 0n, low.exponent);
  }
  return roundDecimal(sum < 0n, sum < 0n ? -sum : sum, exponent);
}

/** a - b; NaN for infinities of the same sign. */
export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negate(b));
}

/** a * b; NaN for zero times infinity. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return decimalNaN;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    return isZero(a) || isZero(b) ? decimalNaN : decimalInfinity(negative);
  }
  return roundDecimal(negative, a.coefficient * b.coefficient, a.exponent + b.exponent);
}

/** A zero divisor gives Infinity, or NaN for 0 / 0. */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return decimalNaN;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity') return b.kind === 'infinity' ? decimalNaN : decimalInfinity(negative);
  if (b.kind === 'infinity') return roundDecimal(negative, 0n, -6176);
  if (b.coefficient === 0n) return a.coefficient === 0n ? decimalNaN : decimalInfinity(negative);
  const ideal = a.exponent - b.exponent;
  if (a.coefficient === 0n) return roundDecimal(negative, 0n, ideal);
  const scale = Math.max(0, 36 + digitsOf(b.coefficient) - digitsOf(a.coefficient));
  const numerator = a.coefficient * 10n ** BigInt(scale);
  const quotient = numerator / b.coefficient;
  if (numerator % b.coefficient !== 0n) return roundDecimal(negative, quotient, ideal - scale, true);
  return towardsIdeal(negative, quotient, ideal - scale, ideal);
}

/** The remainder with the sign of `a`, as C's fmod. NaN for an infinite `a` or a zero `b`. */
export function remainder(a: Decimal, b: Decimal): Decimal {
  if (a.kind !== 'finite' || b.kind === 'nan' || isZero(b)) return decimalNaN;
  if (b.kind === 'infinity') return a;
  const exponent = Math.min(a.exponent, b.exponent);
  const divisor = b.coefficient * 10n ** BigInt(b.exponent - exponent);
  const power = powerModulo(10n, BigInt(a.exponent - exponent), divisor);
  return roundDecimal(a.negative, (a.coefficient * power) % divisor, exponent);
}

/** Towards minus infinity, plus infinity, zero, or to the nearest with ties to even. */
export type Rounding = 'floor' | 'ceil' | 'trunc' | 'even';

/** Rounds to a whole number with exponent 0. As in mongod, what has no such form in 34 digits (1E+40, Infinity) is NaN. */
export function toWhole(a: Decimal, rounding: Rounding): Decimal {
  if (a.kind !== 'finite') return decimalNaN;
  if (a.exponent >= 0) {
    if (a.coefficient === 0n) return { ...a, exponent: 0 };
    if (digitsOf(a.coefficient) + a.exponent > 34) return decimalNaN;
    return { ...a, coefficient: a.coefficient * 10n ** BigInt(a.exponent), exponent: 0 };
  }
  const divisor = 10n ** BigInt(Math.min(-a.exponent, 40));
  const cut = a.coefficient / divisor;
  const twice = (a.coefficient % divisor) * 2n;
  const away =
    rounding === 'even'
      ? twice > divisor || (twice === divisor && (cut & 1n) === 1n)
      : twice !== 0n && rounding === (a.negative ? 'floor' : 'ceil');
  return { ...a, coefficient: away ? cut + 1n : cut, exponent: 0 };
}

/** NaN below zero. */
export function squareRoot(a: Decimal): Decimal {
  if (a.kind === 'nan') return decimalNaN;
  const ideal = Math.floor(a.exponent / 2);
  if (isZero(a)) return roundDecimal(a.negative, 0n, ideal);
  if (a.negative) return decimalNaN;
  if (a.kind === 'infinity') return a;
  // The scale makes the exponent even and the root 36 digits or longer.
  let scale = Math.max(0, 72 - digitsOf(a.coefficient));
  if ((a.exponent - scale) % 2 !== 0) scale++;
  const scaled = a.coefficient * 10n ** BigInt(scale);
  const root = integerRoot(scaled);
  const exponent = (a.exponent - scale) / 2;
  if (root * root !== scaled) return roundDecimal(false, root, exponent, true);
  return towardsIdeal(false, root, exponent, ideal);
}

/** How many decimal digits a positive coefficient has; 1 for zero. */
function digitsOf(coefficient: bigint): number {
  return coefficient.toString().length;
}

function signed(a: Decimal): bigint {
  return a.negative ? -a.coefficient : a.coefficient;
}

/** An exact result with as many zeros cut from its end as bring the exponent up to the ideal one. */
function towardsIdeal(negative: boolean, coefficient: bigint, exponent: number, ideal: number): Decimal {
  let kept = coefficient;
  let at = exponent;
  while (at < ideal && kept % 10n === 0n) {
    kept /= 10n;
    at++;
  }
  return roundDecimal(negative, kept, at);
}

function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function integerRoot(square: bigint): bigint {
  let root = 1n << BigInt((square.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
