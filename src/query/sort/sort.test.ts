import { describe, expect, it } from 'vitest';
import { fromEjson, toEjson } from '../../bson/ejson.ts';
import { field, type Value } from '../../bson/value.ts';
import { addMetadata } from '../metadata.ts';
import { parseFilter } from '../match/parse.ts';
import { indexKeys } from './index-keys.ts';
import { parseSort } from './pattern.ts';
import { SortKeys } from './sort-key.ts';
import { Sorter } from './sorter.ts';

function sorter(sort: string, filter?: string, limit?: number, maxBytes?: number): Sorter {
  const node = filter === undefined ? undefined : parseFilter(fromEjson(filter), {});
  return new Sorter(new SortKeys(parseSort(fromEjson(sort)), {}, node), limit, maxBytes);
}

function ids(sorted: Value[]): string {
  return sorted
    .map((document) => field(document, '_id')!.bytes.readInt32LE(field(document, '_id')!.start))
    .join(' ');
}

async function order(sort: string, documents: string[], filter?: string, limit?: number): Promise<string> {
  const made = sorter(sort, filter, limit);
  documents.forEach((text, index) => made.add(fromEjson(`{"_id":${index},${text.slice(1)}`)));
  return ids(await made.finish());
}

function keys(document: string, ...paths: string[]): string[] {
  return indexKeys(fromEjson(document), paths).map((key) =>
    key.map((value) => toEjson(value).replaceAll(/\{"\$numberInt":"(-?\d+)"\}/g, '$1')).join(','),
  );
}

describe('sorting', () => {
  it('takes the least item of an array upwards, the greatest downwards', async () => {
    const documents = ['{"a":[5,1]}', '{"a":3}', '{"a":[]}', '{"a":null}', '{"b":1}'];
    expect(await order('{"a":1}', documents)).toBe('2 3 4 0 1');
    expect(await order('{"a":-1}', documents)).toBe('0 1 3 4 2');
  });

  it('takes only items that the query could have found', async () => {
    expect(await order('{"a":1}', ['{"a":[1,7]}', '{"a":6}'], '{"a":{"$gt":5}}')).toBe('1 0');
    expect(await order('{"a":1}', ['{"a":[1,7]}', '{"a":6}'], '{"b":{"$exists":false}}')).toBe('0 1');
    expect(await order('{"a":1}', ['{"a":["x",7]}', '{"a":8}'], '{"a":{"$type":"string"}}')).toBe('1 0');
    expect(await order('{"a":1}', ['{"a":[null,7]}', '{"a":6}'], '{"a":{"$mod":[1,0]}}')).toBe('1 0');
    expect(await order('{"a":1}', ['{"a":[1,7]}', '{"a":6}'], '{"a":{"$elemMatch":{"$gt":5,"$lt":9}}}')).toBe(
      '1 0',
    );
  });

  it('takes any item where the query says two things of the field, or says them of two fields of one array', async () => {
    expect(await order('{"a":1}', ['{"a":[1,7]}', '{"a":6}'], '{"a":{"$gt":5,"$lt":9}}')).toBe('0 1');
    expect(
      await order('{"a":1}', ['{"a":[1,7]}', '{"a":6}'], '{"a":{"$gt":5},"$or":[{"a":6},{"a":7}]}'),
    ).toBe('0 1');
    const documents = ['{"a":[{"b":1,"c":9},{"b":1,"c":2}]}', '{"a":{"b":1,"c":5}}'];
    expect(await order('{"a.b":1,"a.c":1}', documents, '{"a.b":1,"a.c":{"$gt":4}}')).toBe('0 1');
  });

  it('keeps the first so many, and equal keys in the order of adding', async () => {
    const documents = Array.from({ length: 50 }, (_, i) => `{"a":${(i * 7) % 5},"b":1}`);
    const all = await order('{"a":1,"b":-1}', documents);
    expect(await order('{"a":1,"b":-1}', documents, undefined, 7)).toBe(all.split(' ').slice(0, 7).join(' '));
  });

  it('stops at the memory limit, but not when a limit keeps few documents', () => {
    const large = fromEjson(`{"a":"${'x'.repeat(1000)}"}`);
    const unlimited = sorter('{"a":1}', undefined, 0, 10_000);
    const top = sorter('{"a":1}', undefined, 3, 10_000);
    expect(() => Array.from({ length: 20 }, () => unlimited.add(large))).toThrow(
      /more than the maximum 10000 bytes/,
    );
    expect(() => Array.from({ length: 20 }, () => top.add(large))).not.toThrow();
  });

  const decimal = (text: string) => `{"a":{"$numberDecimal":"${text}"}}`;

  it('refuses two arrays, and directions other than 1 and -1', () => {
    expect(() => sorter('{"a":1,"b":1}').add(fromEjson('{"a":[1],"b":[1]}'))).toThrow(/parallel arrays/);
    for (const bad of ['{"a":0}', '{"a":"x"}', '{"a":2}', '{"":1}', decimal('1.7')]) {
      expect(() => parseSort(fromEjson(bad))).toThrow('bad sort specification');
    }
    const [first] = parseSort(fromEjson(decimal('-1.2')));
    expect(first?.direction).toBe(-1);
  });
});

describe('index keys', () => {
  it.each([
    ['{"a":1}', ['a', 'b'], ['1,null']],
    ['{"a":[1,2],"b":3}', ['a', 'b'], ['1,3', '2,3']],
    ['{"a":[{"b":1,"c":2},{"b":3},4]}', ['a.b', 'a.c'], ['1,2', '3,null', 'null,null']],
    ['{"a":[]}', ['a', 'a.b'], ['{"$undefined":true},null']],
    ['{"a":[{"b":[1,2]},{"b":3}]}', ['a.b'], ['1', '2', '3']],
    ['{"a":[[1,2],3]}', ['a.0'], ['[1,2]']],
    ['{"a":[[1,2],3]}', ['a'], ['[1,2]', '3']],
    ['{"a":[{"b":1},{"b":2}]}', ['a.1.b'], ['2']],
  ] as const)('of %s on %j', (document, paths, expected) => {
    expect([...new Set(keys(document, ...paths))]).toEqual(expected);
  });

  it('are an error where a name is both index and field', () => {
    expect(() => keys('{"a":[{"0":1}]}', 'a.0')).toThrow(/Ambiguous field name/);
  });
});

describe('equal sort keys', () => {
  it.each([
    [undefined, '2 1 0'],
    [2, '2 1'],
  ])('come in the order of their record ids, with a limit of %s', async (limit, expected) => {
    const made = sorter('{"a":1}', undefined, limit);
    for (let id = 0; id < 3; id++) {
      made.add(addMetadata(fromEjson(`{"_id":${id},"a":7}`), { recordId: BigInt(10 - id) }));
    }
    expect(ids(await made.finish())).toBe(expected);
  });
});
