import { BsonType } from './types.ts';
import { Value } from './value.ts';

/** Values made from JavaScript: one function a type, each exact. */

const none = Buffer.alloc(0);

export const nullValue = new Value(BsonType.null, none, 0, 0);
export const undefinedValue = new Value(BsonType.undefined, none, 0, 0);
export const minKeyValue = new Value(BsonType.minKey, none, 0, 0);
export const maxKeyValue = new Value(BsonType.maxKey, none, 0, 0);
export const trueValue = new Value(BsonType.bool, Buffer.from([1]), 0, 1);
export const falseValue = new Value(BsonType.bool, Buffer.from([0]), 0, 1);

export function boolValue(value: boolean): Value {
  return value ? trueValue : falseValue;
}

export function doubleValue(value: number): Value {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleLE(value);
  return new Value(BsonType.double, bytes, 0, 8);
}

export function intValue(value: number): Value {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(value);
  return new Value(BsonType.int, bytes, 0, 4);
}

export function longValue(value: bigint): Value {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(value);
  return new Value(BsonType.long, bytes, 0, 8);
}

/** `milliseconds` since the epoch. */
export function dateValue(milliseconds: bigint): Value {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(milliseconds);
  return new Value(BsonType.date, bytes, 0, 8);
}

/** A string value; with `type`, a symbol or code of the same layout. */
export function stringValue(value: string, type: number = BsonType.string): Value {
  return stringBytesValue(Buffer.from(value, 'utf8'), type);
}

/** The same from UTF-8 bytes. */
export function stringBytesValue(utf8: Uint8Array, type: number = BsonType.string): Value {
  const bytes = Buffer.allocUnsafe(utf8.length + 5);
  bytes.writeInt32LE(utf8.length + 1);
  bytes.set(utf8, 4);
  bytes[bytes.length - 1] = 0;
  return new Value(type, bytes, 0, bytes.length);
}
