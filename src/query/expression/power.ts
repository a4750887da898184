import { decimalValue } from '../../bson/decimal.ts';
import { doubleValue, longValue, nullValue } from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { toDouble } from '../../bson/numbers.ts';
import { intOrLong, isNullish, isNumber, toDecimal, toLong, widest } from './coerce.ts';
import { isZero } from './decimal/arithmetic.ts';
import { power as decimalPower } from './decimal/transcendental.ts';
import { binary } from './nary.ts';
import type { OperatorEntry } from './operator.ts';
import { typeName } from './type-name.ts';

/** What $pow gives for two values. Throws 28762 to 28764 for other types and for zero to a negative power. */
export function power(base: Value | undefined, exponent: Value | undefined): Value {
  if (isNullish(base) || isNullish(exponent)) return nullValue;
  if (!isNumber(base)) throw location(28762, `$pow's base must be numeric, not ${typeName(base)}`);
  if (!isNumber(exponent)) {
    throw location(28763, `$pow's exponent must be numeric, not ${typeName(exponent)}`);
  }
  const type = widest(base.type, exponent.type);
  if (type === BsonType.decimal) {
    const [b, e] = [toDecimal(base), toDecimal(exponent)];
    checkZero(isZero(b), e.negative);
    return decimalValue(decimalPower(b, e));
  }
  const [b, e] = [toDouble(base), toDouble(exponent)];
  checkZero(b === 0, e < 0);
  if (type === BsonType.double) return doubleValue(doublePower(b, e));
  const whole = wholePower(toLong(base), toLong(exponent));
  if (whole === undefined) return doubleValue(doublePower(b, e));
  return type === BsonType.long ? longValue(whole) : intOrLong(whole);
}

function checkZero(zeroBase: boolean, negativeExponent: boolean): void {
  if (zeroBase && negativeExponent) {
    throw location(28764, '$pow cannot take a base of 0 and a negative exponent');
  }
}

/** As C's pow, where 1 to any power and -1 to an infinite one are 1. */
function doublePower(base: number, exponent: number): number {
  return base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : base ** exponent;
}

/**
 * The exact power, or undefined if it is a fraction or beyond 64 bits. mongod multiplies as many times as the exponent
 * says, so that a negative power of -1 is 1 whatever its parity.
 */
function wholePower(base: bigint, exponent: bigint): bigint | undefined {
  if (base === 1n || exponent === 0n) return 1n;
  if (base === -1n) return exponent < 0n || exponent % 2n === 0n ? 1n : -1n;
  if (base === 0n) return 0n;
  if (exponent < 0n || exponent > 63n) return undefined;
  const result = base ** exponent;
  return BigInt.asIntN(64, result) === result ? result : undefined;
}

/** $pow: 28762 to 28764 for other types and for zero to a negative power. */
export const powerOperators: readonly OperatorEntry[] = [binary('$pow', power)];
