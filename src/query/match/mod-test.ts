import { doubleOf, longOf } from '../../bson/access.ts';
import { decimalOf } from '../../bson/decimal.ts';
import { toLongClamped, truncated } from '../../bson/numbers.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { Value } from '../../bson/value.ts';
import type { ValueTest } from './path-walker.ts';

/** The test of `$mod`, on any number cut to 64 bits. */
export function modTest(divisor: bigint, remainder: bigint): ValueTest {
  const by = Number(divisor);
  const rest = Number(remainder);
  return (type, bytes, start, end) => {
    if (type === BsonType.int) return bytes.readInt32LE(start) % by === rest;
    if (!isNumberType(type)) return false;
    return castToLong(new Value(type, bytes, start, end)) % divisor === remainder;
  };
}

const outOfRange = -(1n << 63n);

/** C++'s cast to a 64-bit integer on x86: NaN and what does not fit become the least one. */
function castToLong(value: Value): bigint {
  if (value.type === BsonType.long) return longOf(value);
  if (value.type === BsonType.double) {
    const double = doubleOf(value);
    return double >= -(2 ** 63) && double < 2 ** 63 ? BigInt(Math.trunc(double)) : outOfRange;
  }
  const decimal = decimalOf(value);
  if (decimal.kind !== 'finite') return outOfRange;
  const whole = decimal.exponent > 40 && decimal.coefficient !== 0n ? outOfRange : truncated(decimal);
  return whole === BigInt.asIntN(64, whole) ? toLongClamped(value) : outOfRange;
}
