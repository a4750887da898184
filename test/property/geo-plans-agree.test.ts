import fc from 'fast-check';
import { toValue } from '../../src/bson/js.ts';
import { nearnessOf } from '../../src/query/geo/distance.ts';
import { parseNear } from '../../src/query/geo/near.ts';
import { storedShape } from '../../src/query/geo/stored.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { made, openMadeBackup } from '../support/made-backup.ts';
import type { OpenedBackup } from '../support/open-backup.ts';
import { plain } from '../support/pipelines.ts';
import { runCommand } from '../support/run-command.ts';
import { runs, thorough } from '../support/runs.ts';

type Plain = Record<string, unknown>;
type Position = [number, number];

/** Mostly anywhere; often near the poles, the date line, and the edges of the grid's faces. */
const position: fc.Arbitrary<Position> = fc
  .tuple(
    fc.oneof(fc.integer({ min: -1800, max: 1800 }), fc.constantFrom(-1800, 1800, 1799, -1799, 0, 450, 900)),
    fc.oneof(fc.integer({ min: -900, max: 900 }), fc.constantFrom(-900, 900, 899, -899, 0, 450)),
  )
  .map(([x, y]): Position => [x / 10, y / 10]);

/** Drawings of no length or area, as can happen at the poles, are no geometries. */
const isGeometry = (shape: Plain): boolean => storedShape(toValue(shape)) !== undefined;

/** A triangle around a place, not with two corners at a pole: it would have no area. */
const triangle = fc.tuple(position, fc.constantFrom(0.01, 0.5, 5, 30)).map(([[x, y], size]) => {
  const [west, south] = [Math.min(x, 180 - size), Math.min(Math.max(y, -89.9), 89.9 - size)];
  const ring: Position[] = [
    [west, south],
    [west + size, south],
    [west + size / 3, south + size],
    [west, south],
  ];
  return { type: 'Polygon', coordinates: [ring] };
});

const line = fc
  .tuple(position, position)
  .map((coordinates) => ({ type: 'LineString', coordinates }))
  .filter((shape) => isGeometry(shape));
const point = position.map((coordinates) => ({ type: 'Point', coordinates }));
const geometry = fc
  .oneof(
    { weight: 6, arbitrary: point },
    position.map(([x, y]) => ({ x, y })),
    triangle,
    line,
    fc
      .array(position, { minLength: 1, maxLength: 3 })
      .map((coordinates) => ({ type: 'MultiPoint', coordinates })),
    fc.tuple(point, triangle).map((geometries) => ({ type: 'GeometryCollection', geometries })),
  )
  .filter(isGeometry);

const place = fc.tuple(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 0, max: 200 }),
) as fc.Arbitrary<Position>;
const documents: Plain[] = fc
  .sample(
    fc.record(
      { loc: geometry, xy: fc.oneof(place, fc.array(place, { minLength: 1, maxLength: 3 })), n: fc.nat(3) },
      { requiredKeys: [] },
    ),
    { numRuns: thorough ? 600 : 200, seed: 11 },
  )
  .map(({ loc, ...rest }, _id) =>
    loc === undefined ? { _id, ...rest } : { _id, loc, old: loc, both: loc, ...rest },
  );

const indexes = [
  { key: { loc: '2dsphere' }, '2dsphereIndexVersion': 3 },
  { key: { old: '2dsphere' }, '2dsphereIndexVersion': 2 },
  { key: { n: 1, both: '2dsphere' }, '2dsphereIndexVersion': 3 },
  { key: { xy: '2d', n: -1 }, min: 0, max: 200.5, bits: 20 },
];

const strict = { type: 'name', properties: { name: 'urn:x-mongodb:crs:strictwinding:EPSG:4326' } };
const geometryTest = fc.oneof(
  triangle.map(($geometry) => ({ $geoWithin: { $geometry } })),
  triangle.map(($geometry) => ({ $geoIntersects: { $geometry } })),
  triangle.map((shape) => {
    const coordinates = shape.coordinates.map((ring) => ring.toReversed());
    return { $geoWithin: { $geometry: { ...shape, coordinates, crs: strict } } };
  }),
  fc.tuple(triangle, line).map((geometries) => ({
    $geoIntersects: { $geometry: { type: 'GeometryCollection', geometries } },
  })),
  line.map(($geometry) => ({ $geoIntersects: { $geometry } })),
  point.map(($geometry) => ({ $geoIntersects: { $geometry } })),
  fc
    .tuple(position, fc.constantFrom(0, 0.001, 0.05, 0.7, 2, 4))
    .map((centerSphere) => ({ $geoWithin: { $centerSphere: centerSphere } })),
);
const flatTest = fc.oneof(
  fc.tuple(place, place).map(($box) => ({ $geoWithin: { $box } })),
  fc.tuple(place, fc.nat(60)).map(($center) => ({ $geoWithin: { $center } })),
  fc
    .tuple(place, fc.constantFrom(0, 0.05, 0.4))
    .filter(([[x, y]]) => x <= 180 && y <= 90)
    .map(($centerSphere) => ({ $geoWithin: { $centerSphere } })),
  fc.array(place, { minLength: 3, maxLength: 6 }).map(($polygon) => ({ $geoWithin: { $polygon } })),
);
const further = fc.option(fc.nat(3), { nil: undefined });

let opened: OpenedBackup;
beforeAll(async () => {
  opened = await openMadeBackup(documents, indexes);
}, 120_000);
afterAll(() => opened.close());

async function run(command: Plain): Promise<Plain> {
  return plain(await runCommand(opened.engine, made.db, command)) as Plain;
}

async function ids(options: Plain): Promise<unknown[]> {
  const reply = await run({ find: made.collection, projection: { _id: 1 }, batchSize: 10_000, ...options });
  const { cursor, errmsg } = reply as { cursor?: { firstBatch: { _id: number }[] }; errmsg?: string };
  return cursor?.firstBatch.map(({ _id }) => _id) ?? [errmsg];
}

async function stages(filter: Plain): Promise<string> {
  return JSON.stringify(await run({ explain: { find: made.collection, filter }, verbosity: 'queryPlanner' }));
}

const byNumber = (a: unknown, b: unknown): number => Number(a) - Number(b);

describe('a geo index', () => {
  it('is right by its documents', async () => {
    const reply = await run({ validate: made.collection, full: true });
    expect([reply['valid'], reply['errors']]).toEqual([true, []]);
  });

  it.each(['loc', 'old', 'both'])(
    'of the sphere finds in %s what a scan finds',
    { timeout: 120_000 },
    async (path) => {
      let narrowed = 0;
      await fc.assert(
        fc.asyncProperty(geometryTest, further, async (test, n) => {
          const filter = { [path]: test, ...(n === undefined ? {} : { n }) };
          const scanned = await ids({ filter, hint: { $natural: 1 } });
          expect((await ids({ filter })).sort(byNumber)).toEqual(scanned);
          if ((await stages(filter)).includes('"2dsphere"')) narrowed++;
        }),
        { numRuns: runs(60), seed: 5 },
      );
      expect(narrowed).toBeGreaterThan(runs(60) / 2);
    },
  );

  it('of the plane finds what a scan finds', { timeout: 120_000 }, async () => {
    let narrowed = 0;
    await fc.assert(
      fc.asyncProperty(flatTest, further, async (test, n) => {
        const filter = { xy: test, ...(n === undefined ? {} : { n }) };
        const scanned = await ids({ filter, hint: { $natural: 1 } });
        expect((await ids({ filter })).sort(byNumber)).toEqual(scanned);
        if ((await stages(filter)).includes('"2d"')) narrowed++;
      }),
      { numRuns: runs(80), seed: 6 },
    );
    expect(narrowed).toBeGreaterThan((runs(80) * 3) / 4);
  });

  it(
    'gives the nearest in the order of their distances, as measured one by one',
    { timeout: 120_000 },
    async () => {
      const geoJson = fc.record({
        $geometry: point,
        $minDistance: fc.constantFrom(0, 0, 1e6),
        $maxDistance: fc.constantFrom(3e7, 3e6, 1e5),
      });
      const onSphere = fc.oneof(
        geoJson.map(($near) => ({ $near })),
        fc
          .tuple(position, fc.constantFrom(4, 0.3))
          .map(([$nearSphere, $maxDistance]) => ({ $nearSphere, $maxDistance })),
      );
      const inPlane = fc.oneof(
        fc.tuple(place, fc.constantFrom(400, 15)).map(([$near, $maxDistance]) => ({ $near, $maxDistance })),
        place.filter(([x, y]) => x <= 180 && y <= 90).map(($nearSphere) => ({ $nearSphere })),
      );
      const search = fc.oneof(
        fc.tuple(fc.constantFrom('loc', 'old'), onSphere),
        fc.tuple(fc.constant('xy'), inPlane as fc.Arbitrary<Plain>),
      );
      const limit = fc.constantFrom(0, 1, 7, 200);
      await fc.assert(
        fc.asyncProperty(search, further, limit, fc.nat(3), async ([path, near], n, limited, skip) => {
          const measure = nearnessOf(parseNear(toValue(near)), path);
          const expected = documents
            .filter((document) => n === undefined || document['n'] === n)
            .flatMap((document) => {
              const nearness = measure(toValue(document));
              return nearness ? [{ id: document['_id'] as number, distance: nearness.distance }] : [];
            })
            .sort((a, b) => a.distance - b.distance || a.id - b.id)
            .slice(skip, limited === 0 ? undefined : skip + limited)
            .map(({ id }) => id);
          const filter = { [path]: near, ...(n === undefined ? {} : { n }) };
          expect(await ids({ filter, limit: limited, skip })).toEqual(expected);
        }),
        { numRuns: runs(150), seed: 9 },
      );
    },
  );
});
