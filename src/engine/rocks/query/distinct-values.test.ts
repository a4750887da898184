import { expect, it } from 'vitest';
import { fromEjson, toEjson } from '../../../bson/ejson.ts';
import { documentOf, field } from '../../../bson/value.ts';
import { DistinctValues } from './distinct-values.ts';

function distinct(path: string, ...documents: string[]): string {
  const values = new DistinctValues(path, undefined);
  values.add(documents.map((text) => fromEjson(text)));
  const reply = documentOf(Buffer.from(values.reply().finish().slice()));
  return toEjson(field(reply, 'values')!).replaceAll(/\{"\$numberInt":"(-?\d+)"\}/g, '$1');
}

it.each([
  ['a', ['{"a":1}', '{"a":{"$numberDouble":"1.0"}}', '{"b":1}', '{"a":null}'], '[1,null]'],
  ['a', ['{"a":[1,[2],[]]}', '{"a":[]}'], '[1,[2],[]]'],
  ['a.b', ['{"a":{"b":1}}', '{"a":[{"b":2},{"b":[3]},[{"b":4}],5]}'], '[1,2,3]'],
  ['a.1', ['{"a":[1,2]}', '{"a":{"1":3}}'], '[2,3]'],
  ['a.0.b', ['{"a":[{"b":1},{"b":2}]}', '{"a":[[{"b":3}]]}'], '[1,3]'],
  ['a.b', ['{"a.b":1,"a":{"b":2}}'], '[1]'],
  ['', ['{"":1}'], '[1]'],
])('distinct values of %s', (path, documents, expected) => {
  expect(distinct(path, ...documents)).toBe(expected);
});
