import { BsonType } from './types.ts';
import type { Value } from './value.ts';

/** What a value holds, as JavaScript. Each function expects its type and does not check it. */

export function intOf(value: Value): number {
  return value.bytes.readInt32LE(value.start);
}

export function longOf(value: Value): bigint {
  return value.bytes.readBigInt64LE(value.start);
}

export function doubleOf(value: Value): number {
  return value.bytes.readDoubleLE(value.start);
}

export function boolOf(value: Value): boolean {
  return value.bytes[value.start] !== 0;
}

/** Milliseconds since the epoch. */
export function dateOf(value: Value): bigint {
  return value.bytes.readBigInt64LE(value.start);
}

/** The text of a string, symbol or code. */
export function stringOf(value: Value): string {
  return value.bytes.toString('utf8', value.start + 4, value.end - 1);
}

/** The UTF-8 bytes of a string, symbol or code (a view). */
export function stringBytesOf(value: Value): Buffer {
  return value.bytes.subarray(value.start + 4, value.end - 1);
}

/** int, long or double as a JavaScript number (a long beyond 2^53 is rounded); undefined for other types. */
export function numberOf(value: Value | undefined): number | undefined {
  switch (value?.type) {
    case BsonType.int:
      return intOf(value);
    case BsonType.long:
      return Number(longOf(value));
    case BsonType.double:
      return doubleOf(value);
    default:
      return undefined;
  }
}
