import { doubleOf } from '../../bson/access.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { Value } from '../../bson/value.ts';
import { castToLong } from './cast.ts';
import type { Bits } from './parse-bits.ts';
import type { ValueTest } from './path-walker.ts';
import type { BitTest } from './tree.ts';

/**
 * The test of `$bitsAllSet` and its like: on binary data (bits beyond its end are clear) and on numbers, as
 * 64-bit two's complement. Doubles that are not whole or do not fit never match.
 */
export function bitsTest(test: BitTest, { positions, mask }: Bits): ValueTest {
  const wanted = test === 'allSet' || test === 'anySet';
  const all = test === 'allSet' || test === 'allClear';
  return (type, bytes, start, end) => {
    if (type === BsonType.binData) {
      const data = bytes.subarray(start + 5, end);
      const hits = (position: number): boolean =>
        ((((data[position >> 3] ?? 0) >> (position & 7)) & 1) === 1) === wanted;
      return all ? positions.every(hits) : positions.some(hits);
    }
    if (!isNumberType(type)) return false;
    const value = new Value(type, bytes, start, end);
    if (type === BsonType.double) {
      const double = doubleOf(value);
      if (!Number.isInteger(double) || double >= 2 ** 63 || double < -(2 ** 63)) return false;
    }
    const number = castToLong(value);
    const hit = BigInt.asUintN(64, wanted ? number : ~number) & mask;
    return all ? hit === mask : hit !== 0n;
  };
}
