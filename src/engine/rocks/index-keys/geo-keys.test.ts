import { describe, expect, it } from 'vitest';
import { fromEjson, toEjson } from '../../../bson/ejson.ts';
import { toValue } from '../../../bson/js.ts';
import type { Value } from '../../../bson/value.ts';
import { printValue } from '../../../bson/print.ts';
import type { Index } from '../catalog/collection.ts';
import { readIndex } from '../catalog/read-index.ts';
import { flatKeys, haystackKeys, isHaystack } from './flat-keys.ts';
import { NotIndexable, sphereKeys, sphereOptionsOf } from './sphere-keys.ts';

function indexOf(spec: Record<string, unknown>): Index {
  return readIndex(toValue({ spec: { v: 2, name: 'x', ...spec }, ready: true }), undefined, {
    idents: new Map(),
  })!;
}

const shown = (keys: Value[][]): string =>
  keys
    .map((key) => key.map((value) => (value.type === 18 ? longText(value) : printValue(value))).join())
    .join(' ');
const longText = (value: Value): string =>
  BigInt.asUintN(64, value.bytes.readBigInt64LE(value.start)).toString(16);

function sphere(document: Record<string, unknown> | string, spec: Record<string, unknown> = {}): string {
  const index = indexOf({ key: { loc: '2dsphere' }, '2dsphereIndexVersion': 3, ...spec });
  const value = typeof document === 'string' ? fromEjson(document) : toValue(document);
  return shown(sphereKeys(value, index.fields, sphereOptionsOf(index.spec)));
}

const loc = { type: 'Point', coordinates: [-19.44863163866103, -18.20222883485258] };
const cell = '4100cf2b93733c5';
const hole = (west: number, south: number, size: number) => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
];

describe('the keys of a document in a 2dsphere index', () => {
  // What a real mongod 3.4 put into its index.
  it('are the cell of a point and the cells that cover a polygon', () => {
    expect(sphere({ loc })).toBe(cell);
    expect(sphere({ loc: loc.coordinates })).toBe(cell);
    expect(sphere({ loc: { x: loc.coordinates[0], y: loc.coordinates[1], z: 5 } })).toBe(cell);
    const triangle = [
      [8.9, 10],
      [9.9, 10],
      [9.9, 11],
      [8.9, 10],
    ];
    expect(sphere({ loc: { type: 'Polygon', coordinates: [triangle] } })).toBe(
      '10535c0000000000 1053640000000000 10536c0000000000 1054940000000000 10549c0000000000 1054b00000000000 1054d00000000000 1054e40000000000 1054ec0000000000 11ab02aad0000000 11ab1c0000000000 11ab300000000000 11ab4c0000000000',
    );
  });

  it('are texts of a coarser cell in old versions', () => {
    expect(sphere({ loc }, { '2dsphereIndexVersion': 2 })).toBe('"0f02002000121321"');
    expect(sphere({ loc }, { '2dsphereIndexVersion': 2, finestIndexedLevel: 3 })).toBe('"0f020"');
  });

  it('are those of every part of a collection', () => {
    const other = { type: 'Point', coordinates: [100, 60] };
    const both = sphere({ loc: { type: 'GeometryCollection', geometries: [loc, other] } }).split(' ');
    const multi = sphere({ loc: { type: 'MultiPoint', coordinates: [loc.coordinates, [100, 60]] } });
    expect(both).toEqual(multi.split(' '));
    // Each at the finest level for shapes that are no points.
    expect([both.length, both[0]]).toEqual([2, '4100cf2b0000000']);
  });

  it('leave out documents without a place, but not in version 1', () => {
    for (const place of ['{}', '{"loc":null}', '{"loc":[]}', '{"loc":{}}', '{"loc":{"$undefined":true}}']) {
      expect(sphere(place)).toBe('');
    }
    expect(sphere({}, { '2dsphereIndexVersion': 1 })).toBe('null');
  });

  it('have every value of the other fields, null for a missing one', () => {
    const key = { a: 1, loc: '2dsphere', b: -1 };
    expect(sphere({ loc }, { key })).toBe(`null,${cell},null`);
    expect(sphere({ loc, a: [1, 2], b: [] }, { key })).toBe(`1,${cell},undefined 2,${cell},undefined`);
    expect(sphere({ a: 1, b: 1 }, { key })).toBe('');
    const nested = { 'x.loc': '2dsphere', 'x.n': 1 };
    expect(sphere({ x: [{ loc, n: 1 }, { n: 2 }] }, { key: nested })).toBe(`${cell},1 ${cell},2`);
    expect(sphere({ one: null, loc }, { key: { one: '2dsphere', loc: '2dsphere' } })).toBe(`null,${cell}`);
  });

  it('refuse what the server does not take', () => {
    const crs = { type: 'name', properties: { name: 'urn:x-mongodb:crs:strictwinding:EPSG:4326' } };
    const strict = { type: 'Polygon', coordinates: [hole(0, 0, 1)], crs };
    for (const place of [strict, [200, 0], 'here', { type: 'Point', coordinates: [1] }]) {
      expect(() => sphere({ loc: place })).toThrow(NotIndexable);
    }
  });
});

describe('the keys of a document in a 2d index', () => {
  const flat = (document: Record<string, unknown>, key: Record<string, unknown> = { xy: '2d' }): string =>
    flatKeys(toValue(document), indexOf({ key, min: 0, max: 200 }))
      .map((values) => values.map((value) => toEjson(value)).join())
      .join(' ');
  const place = [0.3629718907177448, 4.867940302938223];
  const hash = '{"$binary":{"base64":"ABQvba4AMAA=","subType":"80"}}';

  it('are one for each point', () => {
    expect(flat({ xy: place })).toBe(hash);
    expect(flat({ xy: [place, { a: place[0], b: place[1] }] })).toBe(`${hash} ${hash}`);
    expect(flat({ xy: [{ p: place }, { p: place }] }, { 'xy.p': '2d' })).toBe(`${hash} ${hash}`);
    expect(flat({ xy: [] })).toBe('');
    expect(flat({ other: 1 })).toBe('');
  });

  it('have the other fields whole: several values as one array', () => {
    const key = { xy: '2d', a: 1 };
    const int = (n: number) => `{"$numberInt":"${n}"}`;
    expect(flat({ xy: place }, key)).toBe(`${hash},null`);
    expect(flat({ xy: place, a: 7 }, key)).toBe(`${hash},${int(7)}`);
    expect(flat({ xy: place, a: [7, 3, 7] }, key)).toBe(`${hash},[${int(3)},${int(7)}]`);
    expect(flat({ xy: place, a: [7] }, key)).toBe(`${hash},${int(7)}`);
    expect(flat({ xy: place, a: [] }, key)).toBe(`${hash},null`);
  });
});

describe('the keys of a document in a geoHaystack index', () => {
  const index = indexOf({ key: { pos: 'geoHaystack', type: 1 }, bucketSize: 10 });
  it('are its bucket with each value of the other field', () => {
    expect(isHaystack(index)).toBe(true);
    const keys = (document: Record<string, unknown>) => shown(haystackKeys(toValue(document), index));
    expect(keys({ pos: [5, -7], type: 'a' })).toBe('"18_17","a"');
    expect(keys({ pos: { x: 5, y: -7 }, type: ['a', 'b'] })).toBe('"18_17","a" "18_17","b"');
    expect(keys({ pos: [5, -7] })).toBe('"18_17",null');
    expect(keys({ type: 'a' })).toBe('');
  });
});
