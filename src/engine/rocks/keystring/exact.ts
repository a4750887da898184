/**
 * Exact numbers for the parts of KeyString that mix doubles and decimals. A decimal is coefficient * 10^exponent with
 * a coefficient of at most 34 digits; signs are kept apart.
 */
export interface Decimal {
  coefficient: bigint;
  exponent: number;
}

export const decimalBias = 6176;
export const maxDigits = 34;
export const largestDouble = Number.MAX_VALUE;
export const smallestNormal = 2.2250738585072014e-308;

const scratch = new DataView(new ArrayBuffer(8));

/** The IEEE 754 pattern. */
export function bitsOf(value: number): bigint {
  scratch.setFloat64(0, value);
  return scratch.getBigUint64(0);
}

export function doubleOfBits(bits: bigint): number {
  scratch.setBigUint64(0, bits);
  return scratch.getFloat64(0);
}

/** A positive finite double as significand * 2^exponent, exactly. */
export function binaryParts(value: number): { significand: bigint; exponent: number } {
  const bits = bitsOf(value);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { significand: fraction, exponent: -1074 }
    : { significand: fraction | (1n << 52n), exponent: biased - 1075 };
}

export function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

export function digits(value: bigint): number {
  return value.toString().length;
}

/** The largest double that is not greater than a decimal: 0 below the smallest, the largest finite one above all. */
export function doubleBelow({ coefficient, exponent }: Decimal): number {
  const magnitude = digits(coefficient) + exponent;
  if (magnitude < -330) return 0;
  if (magnitude > 310) return largestDouble;
  const numerator = exponent > 0 ? coefficient * powerOfTen(exponent) : coefficient;
  const denominator = exponent < 0 ? powerOfTen(-exponent) : 1n;
  let shift = numerator.toString(2).length - denominator.toString(2).length - 53;
  let significand = scaledQuotient(numerator, denominator, shift);
  if (significand >= 1n << 53n) significand = scaledQuotient(numerator, denominator, ++shift);
  else if (significand < 1n << 52n) significand = scaledQuotient(numerator, denominator, --shift);
  if (shift < -1074) significand = scaledQuotient(numerator, denominator, (shift = -1074));
  if (shift > 971) return largestDouble;
  return fromBinary(significand, shift);
}

/** floor(numerator / (denominator * 2^shift)). */
function scaledQuotient(numerator: bigint, denominator: bigint, shift: number): bigint {
  return shift >= 0
    ? numerator / (denominator << BigInt(shift))
    : (numerator << BigInt(-shift)) / denominator;
}

function fromBinary(significand: bigint, exponent: number): number {
  if (significand < 1n << 52n) return doubleOfBits(significand);
  return doubleOfBits((BigInt(exponent + 1075) << 52n) | (significand & 0xfffffffffffffn));
}

/** A positive double, exactly, as coefficient * 10^exponent (the coefficient may be longer than 34 digits). */
export function decimalOfDouble(value: number): Decimal {
  const { significand, exponent } = binaryParts(value);
  return exponent >= 0
    ? { coefficient: significand << BigInt(exponent), exponent: 0 }
    : { coefficient: significand * 5n ** BigInt(-exponent), exponent };
}

/** A decimal cut or padded to exactly `count` significant digits, rounding up or toward zero. */
export function toDigits({ coefficient, exponent }: Decimal, count: number, up: boolean): Decimal {
  const excess = digits(coefficient) - count;
  if (excess <= 0) return { coefficient: coefficient * powerOfTen(-excess), exponent: exponent + excess };
  const unit = powerOfTen(excess);
  let quotient = coefficient / unit;
  if (up && coefficient % unit !== 0n) quotient++;
  if (digits(quotient) > count) return { coefficient: quotient / 10n, exponent: exponent + excess + 1 };
  return { coefficient: quotient, exponent: exponent + excess };
}

/** A double rounded up to `count` significant decimal digits. */
export function roundedUp(value: number, count: number): Decimal {
  return toDigits(decimalOfDouble(value), count, true);
}

/** The decimal with 34 digits, or with the least exponent if that needs fewer; a longer one is cut toward zero. */
export function toFullPrecision(value: Decimal): Decimal {
  const full = toDigits(value, maxDigits, false);
  if (full.exponent >= -decimalBias) return full;
  return {
    coefficient: full.coefficient / powerOfTen(-decimalBias - full.exponent),
    exponent: -decimalBias,
  };
}

/** The product cut to 34 digits toward zero. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  const product = { coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent };
  return digits(product.coefficient) > maxDigits ? toDigits(product, maxDigits, false) : product;
}

/** a - b in units of 10^unit, for a >= b and both multiples of the unit. */
export function difference(a: Decimal, b: Decimal, unit: number): bigint {
  return inUnits(a, unit) - inUnits(b, unit);
}

function inUnits({ coefficient, exponent }: Decimal, unit: number): bigint {
  return exponent >= unit
    ? coefficient * powerOfTen(exponent - unit)
    : coefficient / powerOfTen(unit - exponent);
}

/** Whether two decimals are the same number, whatever their precision. */
export function sameNumber(a: Decimal, b: Decimal): boolean {
  const unit = Math.min(a.exponent, b.exponent);
  if (Math.abs(a.exponent - b.exponent) > 400) return false;
  return inUnits(a, unit) === inUnits(b, unit);
}

/** Compares two decimals as numbers. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const unit = Math.min(a.exponent, b.exponent);
  const left = inUnits(a, unit);
  const right = inUnits(b, unit);
  return left < right ? -1 : left > right ? 1 : 0;
}
