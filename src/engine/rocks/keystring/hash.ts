import { createHash, type Hash } from 'node:crypto';
import { doubleOf, intOf, longOf } from '../../../bson/access.ts';
import { longValue, nullValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, Value } from '../../../bson/value.ts';
import { readDecimal } from './decimal-bits.ts';
import { powerOfTen, type Decimal } from './exact.ts';

const nul = Buffer.alloc(1);
const endOfObject = Buffer.alloc(4);
const most = (1n << 63n) - 1n;
const least = -(1n << 63n);

/** What a hashed index holds for a value (undefined: the field is missing): a long. Source: the format notes, "Hashed value". */
export function hashedValue(value: Value | undefined, seed = 0): Value {
  const hash = createHash('md5').update(int32(seed));
  update(hash, value ?? nullValue, undefined);
  return longValue(hash.digest().readBigInt64LE(0));
}

function update(hash: Hash, value: Value, name: string | undefined): void {
  hash.update(int32(canonicalType(value.type)));
  if (name !== undefined) hash.update(name).update(nul);
  switch (value.type) {
    case BsonType.int:
      hash.update(int64(BigInt(intOf(value))));
      return;
    case BsonType.long:
      hash.update(int64(longOf(value)));
      return;
    case BsonType.double:
      hash.update(int64(truncated(doubleOf(value))));
      return;
    case BsonType.decimal:
      hash.update(int64(rounded(value)));
      return;
    case BsonType.object:
    case BsonType.array:
      fields(hash, value);
      return;
    case BsonType.codeWithScope: {
      const scope = value.start + 8 + value.bytes.readInt32LE(value.start + 4);
      hash.update(value.bytes.subarray(value.start + 8, scope));
      fields(hash, new Value(BsonType.object, value.bytes, scope, value.end));
      return;
    }
    default:
      hash.update(value.slice());
  }
}

function fields(hash: Hash, document: Value): void {
  for (const { name, value } of elements(document)) update(hash, value, name);
  hash.update(endOfObject);
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

function truncated(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  // Exactly 2^63 passes mongod's range check and wraps around.
  if (value === 2 ** 63) return least;
  if (value > 2 ** 63) return most;
  return value < -(2 ** 63) ? least : BigInt(Math.trunc(value));
}

function rounded(value: Value): bigint {
  const parts = readDecimal(value.bytes, value.start);
  if (parts.kind === 'nan' || parts.kind === 'zero') return 0n;
  if (parts.kind === 'infinity') return parts.negative ? least : most;
  if (beyond64(parts.value, parts.negative)) return parts.negative ? least : most;
  const whole = tiesToEven(parts.value);
  return parts.negative ? -whole : whole;
}

function beyond64({ coefficient, exponent }: Decimal, negative: boolean): boolean {
  const limit = negative ? -least : most;
  if (exponent > 40) return true;
  return exponent >= 0
    ? coefficient * powerOfTen(exponent) > limit
    : coefficient > limit * powerOfTen(-Math.max(exponent, -60));
}

function tiesToEven({ coefficient, exponent }: Decimal): bigint {
  if (exponent >= 0) return coefficient * powerOfTen(exponent);
  if (exponent < -40) return 0n;
  const unit = powerOfTen(-exponent);
  const whole = coefficient / unit;
  const twice = (coefficient % unit) * 2n;
  return twice > unit || (twice === unit && whole % 2n === 1n) ? whole + 1n : whole;
}

function canonicalType(type: number): number {
  switch (type) {
    case BsonType.minKey:
      return -1;
    case BsonType.maxKey:
      return 127;
    case BsonType.undefined:
      return 0;
    case BsonType.null:
      return 5;
    case BsonType.string:
    case BsonType.symbol:
      return 15;
    case BsonType.object:
      return 20;
    case BsonType.array:
      return 25;
    case BsonType.binData:
      return 30;
    case BsonType.objectId:
      return 35;
    case BsonType.bool:
      return 40;
    case BsonType.date:
      return 45;
    case BsonType.timestamp:
      return 47;
    case BsonType.regex:
      return 50;
    case BsonType.dbPointer:
      return 55;
    case BsonType.code:
      return 60;
    case BsonType.codeWithScope:
      return 65;
    default:
      return 10;
  }
}
