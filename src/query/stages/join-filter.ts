import { DocumentBuilder } from '../../bson/builder.ts';
import { nullValue } from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';

/**
 * The filter by which $lookup finds the documents that join with one of `values`, as mongod makes it: `{field: {$eq}}` for one, `$in`
 * for more, `$or` of `$eq` where a regular expression is among them ($in would apply it). No value joins like null.
 */
export function joinFilter(field: string, values: readonly Value[]): Value {
  const builder = new DocumentBuilder();
  const [first = nullValue, ...others] = values;
  if (others.length === 0) return builder.openDocument(field).append('$eq', first).close().finish();
  if (values.every(({ type }) => type !== BsonType.regex)) return inFilter(field, values);
  builder.openArray('$or');
  for (const value of values) {
    builder.pushDocument().openDocument(field).append('$eq', value).close().close();
  }
  return builder.close().finish();
}

/** `{field: {$in: values}}`. */
export function inFilter(field: string, values: Iterable<Value>): Value {
  const builder = new DocumentBuilder().openDocument(field).openArray('$in');
  for (const value of values) builder.push(value);
  return builder.close().close().finish();
}

/** `{$match: filter}`, with a second filter that must hold too. */
export function matchStage(filter: Value, also?: Value): Value {
  const builder = new DocumentBuilder();
  if (also === undefined) return builder.append('$match', filter).finish();
  builder.openDocument('$match').openArray('$and').push(filter).push(also).close().close();
  return builder.finish();
}
