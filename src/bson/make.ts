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

/** 12 bytes. */
export function objectIdValue(id: Uint8Array): Value {
  const bytes = Buffer.from(id);
  return new Value(BsonType.objectId, bytes, 0, bytes.length);
}

/** Seconds since the epoch and the increment, unsigned 32-bit numbers both. */
export function timestampValue(seconds: number, increment: number): Value {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeUInt32LE(increment, 0);
  bytes.writeUInt32LE(seconds, 4);
  return new Value(BsonType.timestamp, bytes, 0, 8);
}

export function binaryValue(data: Uint8Array, subtype = 0): Value {
  const bytes = Buffer.allocUnsafe(data.length + 5);
  bytes.writeInt32LE(data.length);
  bytes[4] = subtype;
  bytes.set(data, 5);
  return new Value(BsonType.binData, bytes, 0, bytes.length);
}

/** Neither text may hold a NUL: throws RangeError. */
export function regexValue(pattern: string, options: string): Value {
  if (pattern.includes('\0') || options.includes('\0'))
    throw new RangeError('a regular expression holds a NUL');
  const bytes = Buffer.from(`${pattern}\0${options}\0`, 'utf8');
  return new Value(BsonType.regex, bytes, 0, bytes.length);
}

/** The deprecated pointer type: a namespace and the 12 bytes of an id. */
export function dbPointerValue(namespace: string, id: Uint8Array): Value {
  const name = stringValue(namespace).bytes;
  const bytes = Buffer.concat([name, id]);
  return new Value(BsonType.dbPointer, bytes, 0, bytes.length);
}

export function codeWithScopeValue(code: string, scope: Value): Value {
  const text = stringValue(code).bytes;
  const bytes = Buffer.concat([Buffer.alloc(4), text, scope.slice()]);
  bytes.writeInt32LE(bytes.length);
  return new Value(BsonType.codeWithScope, bytes, 0, bytes.length);
}
