import { describe, expect, it } from 'vitest';
import { fromEjson, toEjson } from '../../../bson/ejson.ts';
import { btreeKeys, ParallelArrays } from './btree-keys.ts';

const keysOf = (document: string, ...paths: string[]) =>
  btreeKeys(fromEjson(document), paths, false)
    .map((key) => key.map((value) => toEjson(value).replace(/\{"\$numberInt":"(-?\d+)"\}/g, '$1')).join())
    .join(' ');

const undef = '{"$undefined":true}';

describe('the keys of a document in an index', () => {
  it.each([
    ['{}', 'null', 'null', 'null'],
    ['{"a":null}', 'null', 'null', 'null'],
    ['{"a":2}', '2', 'null', 'null'],
    ['{"a":{"b":1}}', '{"b":1}', '1', 'null'],
    ['{"a":[]}', undef, 'null', 'null'],
    ['{"a":[1,2,3]}', '1 2 3', 'null null null', '1'],
    ['{"a":[[1,2],3]}', '[1,2] 3', 'null null', '[1,2]'],
    ['{"a":["x",2,{"b":5}]}', '"x" 2 {"b":5}', 'null null 5', '"x"'],
    ['{"a":[{"b":1},{"b":[2,3]},{"c":1}]}', '{"b":1} {"b":[2,3]} {"c":1}', '1 2 3 null', '{"b":1}'],
  ])('%s', (document, whole, inside, first) => {
    expect(keysOf(document, 'a')).toBe(whole);
    expect(keysOf(document, 'a.b')).toBe(inside);
    expect(keysOf(document, 'a.0')).toBe(first);
  });

  it('expands one array for all fields that go through it', () => {
    expect(keysOf('{"a":[{"b":1,"c":2},{"b":3}],"d":9}', 'a.b', 'd', 'a.c')).toBe('1,9,2 3,9,null');
  });

  it('expands the array behind a position', () => {
    expect(keysOf('{"a":[{"b":[1,2]},{"b":3}]}', 'a.0.b')).toBe('1 2');
    expect(keysOf('{"a":[[{"b":1},{"b":2}]]}', 'a.0.b')).toBe('1 2');
  });

  it('refuses two arrays side by side', () => {
    expect(() => keysOf('{"a":[1],"b":[2]}', 'a', 'b')).toThrow(ParallelArrays);
  });

  it('leaves out keys without any field where the index is sparse', () => {
    const sparse = (document: string) => btreeKeys(fromEjson(document), ['a.b', 'c'], true).length;
    expect([sparse('{}'), sparse('{"c":1}'), sparse('{"a":[{"b":1},{"x":1}]}'), sparse('{"a":[]}')]).toEqual([
      0, 1, 1, 0,
    ]);
  });
});
