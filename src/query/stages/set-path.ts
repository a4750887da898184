import { BsonType } from '../../bson/types.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { elements, field, type Value } from '../../bson/value.ts';

/**
 * The document with the value at a path of field names: in its place if there is a field, else at the end. Documents on the way are
 * made where there are none, also in place of other values. `undefined` takes the field out.
 */
export function setPath(document: Value, path: readonly string[], value: Value | undefined): Value {
  const [name, ...rest] = path;
  if (name === undefined) return document;
  const builder = new DocumentBuilder(document.end - document.start + 64);
  let found = false;
  for (const element of elements(document)) {
    if (element.name !== name || found) {
      builder.append(element.name, element.value);
      continue;
    }
    found = true;
    const next = rest.length === 0 ? value : setPath(documentOr(element.value), rest, value);
    if (next !== undefined) builder.append(name, next);
  }
  if (!found) {
    const next = rest.length === 0 ? value : setPath(emptyDocument, rest, value);
    if (next !== undefined) builder.append(name, next);
  }
  return builder.finish();
}

/** `{}`. */
export const emptyDocument = new DocumentBuilder(5).finish();

function documentOr(value: Value): Value {
  return value.type === BsonType.object ? value : emptyDocument;
}

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
