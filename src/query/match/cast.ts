import { doubleOf, longOf } from '../../bson/access.ts';
import { decimalOf } from '../../bson/decimal.ts';
import { toDouble, toLongClamped, truncated } from '../../bson/numbers.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';

/**
 * Numbers cut to whole ones as mongod 3.4's matcher does it, by a cast of C++ on x86: NaN and what does not fit become the
 * least number of the type.
 */

const leastLong = -(1n << 63n);

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
      const whole = truncated(decimal);
      return whole === BigInt.asIntN(64, whole) ? whole : leastLong;
    }
    default:
      return value.type === BsonType.long ? longOf(value) : toLongClamped(value);
  }
}

/** To 32 bits; a long loses its upper half. */
export function castToInt(value: Value): bigint {
  if (value.type === BsonType.long) return BigInt.asIntN(32, longOf(value));
  const whole = Math.trunc(toDouble(value));
  return whole >= -0x8000_0000 && whole <= 0x7fff_ffff ? BigInt(whole) : -0x8000_0000n;
}
