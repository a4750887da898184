import { BsonType, isNumberType } from '../../bson/types.ts';
import { Value } from '../../bson/value.ts';
import { castToLong } from './cast.ts';
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
