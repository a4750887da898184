import { BsonType } from '../../bson/types.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { field, fieldByBytes, nameBytes, Value } from '../../bson/value.ts';

/**
 * The document with the value at a path of field names: in its place if there is a field, else at the end. Documents on the way are
 * made where there are none, also in place of other values. `undefined` takes the field out.
 */
export function setPath(document: Value, path: readonly string[], value: Value | undefined): Value {
  const [name, ...rest] = path;
  if (name === undefined) return document;
  if (rest.length === 0) return setField(document, name, value);
  const inner = field(document, name);
  return setField(document, name, setPath(inner?.isDocument() ? inner : emptyDocument, rest, value));
}

/** Copies the bytes before and after the field. */
function setField(document: Value, name: string, value: Value | undefined): Value {
  const { bytes, start, end } = document;
  const key = nameBytes(name);
  const old = fieldByBytes(document, key);
  const from = old === undefined ? end - 1 : old.start - key.length - 1;
  const to = old === undefined ? end - 1 : old.end;
  const added = value === undefined ? 0 : 1 + key.length + value.end - value.start;
  const size = end - start - (to - from) + added;
  const out = Buffer.allocUnsafe(size);
  out.writeInt32LE(size);
  let at = 4 + bytes.copy(out, 4, start + 4, from);
  if (value !== undefined) {
    out[at++] = value.type;
    at += key.copy(out, at);
    at += value.bytes.copy(out, at, value.start, value.end);
  }
  bytes.copy(out, at, to, end);
  return new Value(BsonType.object, out, 0, size);
}

/** `{}`. */
export const emptyDocument = new DocumentBuilder(5).finish();

/** The value at a path through documents only, not into arrays. */
export function valueAtNames(document: Value, path: readonly string[]): Value | undefined {
  let value: Value | undefined = document;
  for (const name of path) {
    if (value.type !== BsonType.object) return undefined;
    value = field(value, name);
    if (value === undefined) return undefined;
  }
  return value;
}
