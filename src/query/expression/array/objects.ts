import { stringOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { nullValue, stringValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, field, items, type Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { isNullish } from '../coerce.ts';
import { unary } from '../nary.ts';
import type { OperatorEntry } from '../operator.ts';
import { typeName } from '../type-name.ts';

function objectToArray(value: Value | undefined): Value {
  if (isNullish(value)) return nullValue;
  if (!value.isDocument()) {
    throw location(40390, `$objectToArray requires a document input, found: ${typeName(value)}`);
  }
  const builder = new DocumentBuilder();
  for (const element of elements(value)) {
    builder.pushDocument().append('k', stringValue(element.name)).append('v', element.value).close();
  }
  return builder.finishArray();
}

/** $arrayToObject: from `[key, value]` pairs or `{k, v}` documents; a key given twice stays twice. */
function arrayToObject(value: Value | undefined): Value {
  if (isNullish(value)) return nullValue;
  if (!value.isArray()) {
    throw location(40386, `$arrayToObject requires an array input, found: ${typeName(value)}`);
  }
  const builder = new DocumentBuilder();
  let read: ((item: Value) => { key: string; value: Value }) | undefined;
  for (const item of items(value)) {
    read ??= readerFor(item);
    const pair = read(item);
    builder.append(pair.key, pair.value);
  }
  return builder.finish();
}

function readerFor(first: Value): (item: Value) => { key: string; value: Value } {
  if (first.isArray()) return readPair;
  if (first.isDocument()) return readDocument;
  throw location(40398, `Unrecognised input type format for $arrayToObject: ${typeName(first)}`);
}

const consistent =
  '$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects.';

function readPair(item: Value): { key: string; value: Value } {
  if (!item.isArray())
    throw location(40396, `${consistent} Array was detected, now found: ${typeName(item)}`);
  const [key, value, ...more] = items(item);
  if (key === undefined || value === undefined || more.length > 0) {
    const size = [...items(item)].length;
    throw location(40397, `$arrayToObject requires an array of size 2 arrays,found array of size: ${size}`);
  }
  if (key.type !== BsonType.string) {
    throw location(
      40395,
      `$arrayToObject requires an array of key-value pairs, where the key must be of type string. Found key type: ${typeName(key)}`,
    );
  }
  return { key: stringOf(key), value };
}

function readDocument(item: Value): { key: string; value: Value } {
  if (!item.isDocument())
    throw location(40391, `${consistent} Object was detected, now found: ${typeName(item)}`);
  const count = [...elements(item)].length;
  if (count !== 2) {
    throw location(
      40392,
      `$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys:${count}`,
    );
  }
  const key = field(item, 'k');
  const value = field(item, 'v');
  if (key === undefined || value === undefined) {
    throw location(
      40393,
      "$arrayToObject requires an object with keys 'k' and 'v'. Missing either or both keys.",
    );
  }
  if (key.type !== BsonType.string) {
    throw location(
      40394,
      `$arrayToObject requires an object with keys 'k' and 'v', where the value of 'k' must be of type string. Found type: ${typeName(key)}`,
    );
  }
  return { key: stringOf(key), value };
}

/** Between documents and arrays of their fields. */
export const objectOperators: readonly OperatorEntry[] = [
  unary('$objectToArray', objectToArray),
  unary('$arrayToObject', arrayToObject),
];
