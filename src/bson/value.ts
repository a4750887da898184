import { BsonType } from './types.ts';
import { invalidBson, valueEnd } from './layout.ts';

/**
 * A BSON value where it lies: its type and the place of its bytes (without type byte and field name). Values are never
 * decoded and encoded again on their way through the engine, so no type, number or order of fields can change. A missing value
 * is `undefined`, which is not the same as BSON null or BSON undefined.
 */
export class Value {
  readonly type: number;
  readonly bytes: Buffer;
  /** Offset of the first byte in `bytes`. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;

  constructor(type: number, bytes: Buffer, start: number, end: number) {
    this.type = type;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** The value's own bytes (a view). */
  slice(): Buffer {
    return this.bytes.subarray(this.start, this.end);
  }

  isDocument(): boolean {
    return this.type === BsonType.object;
  }

  isArray(): boolean {
    return this.type === BsonType.array;
  }
}

/** A document's field: name and value. */
export interface Element {
  name: string;
  value: Value;
}

/**
 * The document whose bytes start at `start` (default 0) and end at `limit` at most. Throws if its length does not fit; nested
 * lengths are checked when read.
 */
export function documentOf(bytes: Buffer, start = 0, limit = bytes.length): Value {
  if (start + 5 > limit) throw invalidBson('a document is cut off');
  const end = start + bytes.readInt32LE(start);
  if (end < start + 5 || end > limit || bytes[end - 1] !== 0) {
    throw invalidBson('a document has a wrong length');
  }
  return new Value(BsonType.object, bytes, start, end);
}

/** The fields of a document or array in order, duplicates included. */
export function* elements(document: Value): Generator<Element> {
  const { bytes } = document;
  const last = document.end - 1;
  for (let at = document.start + 4; at < last;) {
    const type = bytes[at] ?? 0;
    const nameEnd = bytes.indexOf(0, at + 1);
    if (nameEnd < 0 || nameEnd >= last) throw invalidBson('a field name is cut off');
    const start = nameEnd + 1;
    const end = valueEnd(bytes, type, start, last);
    yield { name: bytes.toString('utf8', at + 1, nameEnd), value: new Value(type, bytes, start, end) };
    at = end;
  }
}

/** The values of an array (or of a document, without the names), in order. */
export function* items(array: Value): Generator<Value> {
  const { bytes } = array;
  const last = array.end - 1;
  for (let at = array.start + 4; at < last;) {
    const type = bytes[at] ?? 0;
    const nameEnd = bytes.indexOf(0, at + 1);
    if (nameEnd < 0 || nameEnd >= last) throw invalidBson('a field name is cut off');
    const start = nameEnd + 1;
    const end = valueEnd(bytes, type, start, last);
    yield new Value(type, bytes, start, end);
    at = end;
  }
}

/** The first field of that name (taken literally, dots too), or undefined. Decodes nothing on the way. */
export function field(document: Value, name: string): Value | undefined {
  return fieldByBytes(document, nameBytes(name));
}

const nameCache = new Map<string, Buffer>();

/** The UTF-8 bytes of a field name with its terminating NUL, kept for the names that come again and again. */
export function nameBytes(name: string): Buffer {
  let bytes = nameCache.get(name);
  if (bytes === undefined) {
    bytes = Buffer.from(`${name}\0`, 'utf8');
    if (nameCache.size < 10_000) nameCache.set(name, bytes);
  }
  return bytes;
}

/** Like `field`, with the name as `nameBytes` gives it: the hot path of the matcher. */
export function fieldByBytes(document: Value, name: Buffer): Value | undefined {
  const { bytes } = document;
  const last = document.end - 1;
  const length = name.length;
  for (let at = document.start + 4; at < last;) {
    const type = bytes[at] as number;
    const nameStart = at + 1;
    let same = 0;
    while (same < length && bytes[nameStart + same] === name[same]) same++;
    if (same === length) {
      const start = nameStart + length;
      return new Value(type, bytes, start, valueEnd(bytes, type, start, last));
    }
    let nameEnd = nameStart + (same < length ? same : length - 1);
    while (nameEnd < last && bytes[nameEnd] !== 0) nameEnd++;
    at = valueEnd(bytes, type, nameEnd + 1, last);
  }
  return undefined;
}
