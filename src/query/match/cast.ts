import { doubleOf, longOf } from '../../bson/access.ts';
import { decimalOf } from '../../bson/decimal.ts';
import { roundedToEven, toLongClamped } from '../../bson/numbers.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';

/**
 * Numbers made whole as mongod 3.4 does it wherever it reads an argument without looking for its range: doubles by a cast
 * of C++ on x86, decimals to the nearest, ties to even. NaN and what does not fit become the least number of the type.
 */

const leastLong = -(1n << 63n);
const leastInt = -(1n << 31n);

/** To 64 bits. */
export function castToLong(value: Value): bigint {
  switch (value.type) {
    case BsonType.double: {
      const double = doubleOf(value);
      return double >= -(2 ** 63) && double < 2 ** 63 ? BigInt(Math.trunc(double)) : leastLong;
    }
    case BsonType.decimal: {
      const decimal = decimalOf(value);
      if (decimal.kind !== 'finite') return leastLong;
      if (decimal.exponent > 40) return decimal.coefficient === 0n ? 0n : leastLong;
      const whole = roundedToEven(decimal);
      return whole === BigInt.asIntN(64, whole) ? whole : leastLong;
    }
    default:
      return value.type === BsonType.long ? longOf(value) : toLongClamped(value);
  }
}

/** To 32 bits; a long loses its upper half. */
export function castToInt(value: Value): bigint {
  if (value.type === BsonType.long) return BigInt.asIntN(32, longOf(value));
  const whole = castToLong(value);
  return whole === BigInt.asIntN(32, whole) ? whole : leastInt;
}
