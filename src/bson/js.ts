import { deserialize, serialize } from 'bson';
import { documentOf, items, type Value } from './value.ts';

/**
 * The BSON value of a JavaScript value: plain objects, arrays, numbers (whole ones within 32 bits become int, others
 * double), and the bson library's classes for the other types. Throws the library's BSONError for what has no BSON form.
 */
export function toValue(js: unknown): Value {
  // A copy: what the library returns may be a part of a larger, shared buffer.
  const bytes = Buffer.from(serialize({ v: js }, { ignoreUndefined: false }));
  for (const value of items(documentOf(bytes))) return value;
  throw new TypeError('a function or undefined has no BSON value');
}

/**
 * A value as the bson library gives it, with every number type kept as its class (Int32, Long, Double, Decimal128).
 * For messages and tests: of two fields with one name only the last survives, and undefined becomes null.
 */
export function toJs(value: Value): unknown {
  const head = Buffer.from([0, 0, 0, 0, value.type, 0x76, 0]);
  const bytes = Buffer.concat([head, value.slice(), Buffer.from([0])]);
  bytes.writeInt32LE(bytes.length);
  return deserialize(bytes, {
    promoteValues: false,
    promoteLongs: false,
    promoteBuffers: false,
    bsonRegExp: true,
  })['v'];
}
