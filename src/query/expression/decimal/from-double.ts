import { decimalInfinity, decimalNaN, roundDecimal, type Decimal } from '../../../bson/decimal.ts';
import { doubleParts } from '../../../bson/numbers.ts';

/** A double as a decimal: exact where 34 digits suffice (2.5 is 2.5), else rounded to 34. */
export function decimalFromDouble34(double: number): Decimal {
  if (Number.isNaN(double)) return decimalNaN;
  if (!Number.isFinite(double)) return decimalInfinity(double < 0);
  const negative = double < 0 || Object.is(double, -0);
  const { coefficient, exponent } = exactDecimal(double);
  return roundDecimal(negative, coefficient, exponent);
}

/**
 * A double as a decimal of its first 15 digits, zeros at the end included (0.1 is 0.100000000000000): how mongod
 * converts a double that meets a decimal in $multiply, $divide, $subtract, $mod, $pow and $log.
 */
export function decimalFromDouble15(double: number): Decimal {
  if (double === 0 || !Number.isFinite(double)) return decimalFromDouble34(double);
  const { coefficient, exponent } = exactDecimal(double);
  const drop = coefficient.toString().length - 15;
  if (drop <= 0) return roundDecimal(double < 0, coefficient * 10n ** BigInt(-drop), exponent + drop);
  const divisor = 10n ** BigInt(drop);
  let kept = coefficient / divisor;
  const twice = (coefficient % divisor) * 2n;
  if (twice > divisor || (twice === divisor && (kept & 1n) === 1n)) kept++;
  const carried = kept === 10n ** 15n;
  return roundDecimal(double < 0, carried ? kept / 10n : kept, exponent + drop + (carried ? 1 : 0));
}

function exactDecimal(double: number): { coefficient: bigint; exponent: number } {
  const { mantissa, exponent } = doubleParts(Math.abs(double));
  return binaryFraction(mantissa, exponent);
}

/** mantissa * 2^exponent (mantissa 0 or positive) as a decimal, exactly and with as few fraction digits as possible. */
export function binaryFraction(
  mantissa: bigint,
  exponent: number,
): { coefficient: bigint; exponent: number } {
  if (mantissa === 0n) return { coefficient: 0n, exponent: 0 };
  if (exponent >= 0) return { coefficient: mantissa << BigInt(exponent), exponent: 0 };
  let odd = mantissa;
  let places = -exponent;
  while (places > 0 && (odd & 1n) === 0n) {
    odd >>= 1n;
    places--;
  }
  return { coefficient: odd * 5n ** BigInt(places), exponent: -places };
}
