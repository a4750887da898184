import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { plain } from '../support/pipelines.ts';
import { runCommand } from '../support/run-command.ts';

interface Reply {
  ok: number;
  code?: number;
  errmsg?: string;
  results?: { dis: number; obj: { _id: number } }[];
  cursor?: { firstBatch: { _id: number }[] };
}

let opened: OpenedBackup;

beforeAll(async () => {
  opened = await openBackup(path.join(import.meta.dirname, '../../sample'), 'rs0-a', '3');
}, 60_000);

afterAll(() => opened.close());

const run = async (command: Record<string, unknown>): Promise<Reply> =>
  plain(await runCommand(opened.engine, 'geo', command)) as Reply;

const find = (filter: Record<string, unknown>): Promise<Reply> =>
  run({ find: 'places', filter, projection: { _id: 1 }, batchSize: 1000 });

const outcome = ({ code, cursor, results, errmsg }: Reply): unknown =>
  code ?? cursor?.firstBatch.length ?? results?.length ?? errmsg;

const point = { type: 'Point', coordinates: [0, 0] };
const crs = (name: string, type = 'name') => ({ type, properties: { name } });

describe('geo operators of a filter', () => {
  const box = [
    [0, 0],
    [10, 10],
  ];
  it.each([
    // Points of a query have two numbers, no more.
    [
      {
        xy: {
          $geoWithin: {
            $box: [
              [0, 0, 1],
              [10, 10],
            ],
          },
        },
      },
      2,
    ],
    [{ xy: { $geoWithin: { $center: [[0, 0, 1], 10] } } }, 2],
    [{ xy: { $geoWithin: { $centerSphere: [[0, 0, 1], 1] } } }, 2],
    [
      {
        xy: {
          $geoWithin: {
            $polygon: [
              [0, 0],
              [1, 1, 1],
              [0, 1],
            ],
          },
        },
      },
      2,
    ],
    [{ xy: { $near: [50, 50, 1, 1] } }, 2],
    [{ xy: { $near: [50, 50, -1] } }, 18522],
    [{ xy: { $near: [50, 50, Number.NaN] } }, 18522],
    // Every specifier is read, and the last one counts.
    [{ xy: { $geoWithin: { $box: box, $foo: [1] } } }, 2],
    [{ xy: { $geoWithin: { $box: box, $center: [[50, 50], 0] } } }, 0],
    [{ xy: { $geoWithin: { $box: 7 } } }, 2],
    [{ xy: { $geoWithin: { $uniqueDocs: true } } }, 2],
    [{ xy: { $geoWithin: [] } }, 2],
    // Nothing stands beside a geo operator.
    [{ xy: { $geoWithin: { $box: box }, $exists: true } }, 2],
    [{ xy: { $exists: true, $geoWithin: { $box: box } } }, 2],
    [{ xy: { $near: [50, 50], $exists: true } }, 34413],
    // The coordinate system has to be named as such.
    [{ loc: { $geoIntersects: { $geometry: { ...point, crs: crs('EPSG:4326') } } } }, 0],
    [{ loc: { $geoIntersects: { $geometry: { ...point, crs: crs('EPSG:4326', 'link') } } } }, 2],
    [{ loc: { $geoIntersects: { $geometry: { ...point, crs: crs('EPSG:1') } } } }, 2],
    [{ loc: { $geoIntersects: { $geometry: { ...point, crs: 7 } } } }, 2],
    // A legacy point may stand for a geometry on the sphere.
    [{ loc: { $geoIntersects: { $geometry: [200, 0] } } }, 2],
    [{ loc: { $geoIntersects: { $geometry: { x: 5.3, y: 10.1 } } } }, 1],
    [{ loc: { $geoIntersects: { $geometry: [5.3, 10.1] } } }, 1],
    [{ loc: { $geoWithin: { $geometry: [5.3, 10.1] } } }, 2],
    // Coordinates are arrays but for a point's own.
    [{ loc: { $geoIntersects: { $geometry: { type: 'Point', coordinates: { a: 5.3, b: 10.1 } } } } }, 1],
    [{ loc: { $geoIntersects: { $geometry: { type: 'MultiPoint', coordinates: [{ a: 5, b: 10 }] } } } }, 2],
    [
      {
        loc: {
          $geoIntersects: {
            $geometry: {
              type: 'LineString',
              coordinates: [
                [0, 0],
                [0, 0],
              ],
            },
          },
        },
      },
      2,
    ],
    [{ loc: { $geoIntersects: { $geometry: { type: 'Polygon', coordinates: [[]] } } } }, 2],
  ])('%j: %j', async (filter, expected) => {
    expect(outcome(await find(filter))).toEqual(expected);
  });
});

describe('geoNear', () => {
  const near = (options: Record<string, unknown>): Promise<Reply> =>
    run({ geoNear: 'places', near: [50, 50], ...options });
  it.each([
    [{ num: 3 }, 3],
    [{ limit: 4 }, 4],
    [{ num: 0 }, 1],
    [{ num: -1 }, 17302],
    [{ num: 'x' }, 17303],
    [{ near: [50, 50, 1] }, 17304],
    [{ near: 7 }, 17304],
    [{ near: [500, 50] }, 16433],
    [{ near: [500, 50], spherical: true }, 17444],
    [{ maxDistance: 'x' }, 17299],
    [{ maxDistance: -1 }, 16896],
    [{ minDistance: 1 }, 17298],
    [{ distanceMultiplier: -1 }, 17297],
    [{ query: { _id: { $foo: 1 } } }, "Can't parse filter / create query"],
    [{ query: { xy: { $near: [1, 1] } } }, "Can't parse filter / create query"],
    [{ query: { $where: 'this._id < 7' } }, 7],
    [{ query: { _id: { $lt: 7 } } }, 7],
  ])('%j: %j', async (options, expected) => {
    expect(outcome(await near(options))).toEqual(expected);
  });
});

describe('$geoNear', () => {
  const stage = (options: Record<string, unknown>): Promise<Reply> =>
    run({
      aggregate: 'places',
      pipeline: [{ $geoNear: { near: [50, 50], distanceField: 'd', ...options } }],
      cursor: { batchSize: 1000 },
    });
  it.each([
    [{}, 100],
    [{ limit: 7 }, 7],
    [{ limit: 7, num: 3 }, 3],
    // Options of a wrong type, and distances that are not positive, are as good as absent.
    [{ num: 'x', limit: 5 }, 5],
    [{ maxDistance: 'x' }, 100],
    [{ maxDistance: 0 }, 100],
    [{ minDistance: -1 }, 100],
    [{ distanceMultiplier: 'x' }, 100],
    [{ minDistance: 1 }, 16604],
    [{ num: -1 }, 16604],
    [{ query: { _id: { $foo: 1 } } }, 16604],
    [{ query: { $where: 'this._id < 7' } }, 7],
    [{ collation: { locale: 'fr' } }, 40227],
    [{ includeLocs: 7 }, 16607],
  ])('%j: %j', async (options, expected) => {
    expect(outcome(await stage(options))).toEqual(expected);
  });
});
