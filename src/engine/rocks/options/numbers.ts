import { longOf, numberOf } from '../../../bson/access.ts';
import { BsonType, isNumberType } from '../../../bson/types.ts';
import { decimalOf } from '../../../bson/decimal.ts';
import { decimalToDouble } from '../../../bson/numbers.ts';
import type { Value } from '../../../bson/value.ts';
import { castToLong } from '../../../query/match/cast.ts';

const most = (1n << 63n) - 1n;

/** An option that mongod reads without looking for its range (see castToLong): NaN is the least number; undefined for what is no number. */
export function toUncheckedLong(value: Value | undefined): bigint | undefined {
  return value !== undefined && isNumberType(value.type) ? castToLong(value) : undefined;
}

/** A number as the 64-bit integer that mongod makes of it where it is careful: cut toward zero, clamped, NaN is 0; undefined for others. */
export function toLong(value: Value | undefined): bigint | undefined {
  if (value?.type === BsonType.long) return longOf(value);
  const number = value?.type === BsonType.decimal ? decimalToDouble(decimalOf(value)) : numberOf(value);
  if (number === undefined) return undefined;
  if (Number.isNaN(number)) return 0n;
  if (number >= 2 ** 63) return most;
  return number < -(2 ** 63) ? -most - 1n : BigInt(Math.trunc(number));
}

/** A count for slicing: a long that is too large for a number stands for "all". */
export function toCount(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}
