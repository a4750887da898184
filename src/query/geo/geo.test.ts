import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bson } from '../../../test/support/pipelines.ts';
import { nearnessOf } from './distance.ts';
import { parseNear } from './near.ts';
import { indexForGeoNear, indexForNear, geoIndexesOf } from './near-index.ts';
import { area, Ring } from './ring.ts';
import { angle, vectorOf } from './vector.ts';
import { parseGeoIntersects as intersecting, parseGeoWithin as within } from './within.ts';

const parsed =
  (parse: typeof within) =>
  (operand: ReturnType<typeof bson>): ((value: ReturnType<typeof bson>) => boolean) => {
    const predicate = parse(operand);
    return (value) => predicate.matches(value);
  };
const parseGeoWithin = parsed(within);
const parseGeoIntersects = parsed(intersecting);

const square = (west: number, south: number, east: number, north: number) => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const polygon = (...rings: number[][][]) => ({ $geometry: { type: 'Polygon', coordinates: rings } });
const point = (x: number, y: number) => bson({ type: 'Point', coordinates: [x, y] });
const line = (...coordinates: number[][]) => bson({ type: 'LineString', coordinates });
const shape = (...rings: number[][][]) => bson({ type: 'Polygon', coordinates: rings });
const strict = { type: 'name', properties: { name: 'urn:x-mongodb:crs:strictwinding:EPSG:4326' } };

describe('shapes of the plane', () => {
  it.each([
    [
      {
        $box: [
          [0, 0],
          [10, 10],
        ],
      },
      [10, 0],
      true,
    ],
    [
      {
        $box: [
          [10, 10],
          [0, 0],
        ],
      },
      [5, 5],
      true,
    ],
    [
      {
        $box: [
          [0, 0],
          [10, 10],
        ],
      },
      [10.1, 5],
      false,
    ],
    [{ $center: [[0, 0], 5] }, [3, 4], true],
    [{ $center: [[0, 0], 5] }, [3, 4.01], false],
    [
      {
        $polygon: [
          [0, 0],
          [10, 0],
          [10, 10],
        ],
      },
      [5, 4],
      true,
    ],
    [
      {
        $polygon: [
          [0, 0],
          [10, 0],
          [10, 10],
        ],
      },
      [5, 6],
      false,
    ],
    [
      {
        $polygon: [
          [0, 0],
          [10, 0],
          [10, 10],
        ],
      },
      [10, 10],
      true,
    ],
    [{ $polygon: { a: [0, 0], b: [10, 0], c: [10, 10] } }, { x: 9, y: 1 }, true],
  ])('%j and %j: %s', (operand, stored, expected) => {
    expect(parseGeoWithin(bson(operand))(bson(stored))).toBe(expected);
  });

  it('takes GeoJSON points, but nothing else, to the plane', () => {
    const within = parseGeoWithin(
      bson({
        $box: [
          [0, 0],
          [10, 10],
        ],
      }),
    );
    expect(within(point(5, 5))).toBe(true);
    expect(within(line([1, 1], [2, 2]))).toBe(false);
  });
});

describe('shapes of the sphere', () => {
  it('have geodesic edges', () => {
    // The great circle between two points of a parallel runs nearer to the pole.
    const within = parseGeoWithin(bson(polygon(square(-60, 0, 60, 45))));
    expect(within(point(0, 60))).toBe(true);
    expect(within(point(0, 65))).toBe(false);
  });

  it('belong to their edges, and holes do not', () => {
    const within = parseGeoWithin(bson(polygon(square(0, 0, 10, 10), square(4, 4, 6, 6))));
    expect(within(point(0, 5))).toBe(true);
    expect(within(point(10, 10))).toBe(true);
    expect(within(point(5, 5))).toBe(false);
    expect(within(point(2, 2))).toBe(true);
    expect(within(shape(square(1, 1, 3, 3)))).toBe(true);
    expect(within(shape(square(1, 1, 9, 9)))).toBe(false);
    expect(within(line([1, 1], [9, 9]))).toBe(false);
    expect(within(line([1, 1], [9, 1]))).toBe(true);
  });

  it('are read in either winding order, unless the order is strict', () => {
    const clockwise = square(0, 0, 10, 10).toReversed();
    expect(parseGeoWithin(bson(polygon(clockwise)))(point(5, 5))).toBe(true);
    const big = { $geometry: { type: 'Polygon', coordinates: [clockwise], crs: strict } };
    expect(parseGeoWithin(bson(big))(point(5, 5))).toBe(false);
    expect(parseGeoWithin(bson(big))(point(100, -50))).toBe(true);
  });

  it('intersect where they have a point in common, polygons more than an edge', () => {
    const intersects = (stored: ReturnType<typeof bson>) =>
      parseGeoIntersects(bson(polygon(square(0, 0, 10, 10))))(stored);
    expect(intersects(shape(square(5, 5, 15, 15)))).toBe(true);
    expect(intersects(shape(square(10, 0, 20, 10)))).toBe(false);
    expect(intersects(shape(square(-5, -5, 15, 15)))).toBe(true);
    expect(intersects(shape(square(2, 2, 3, 3)))).toBe(true);
    expect(intersects(shape(square(0, 0, 10, 10)))).toBe(true);
    expect(intersects(line([-5, 5], [15, 5]))).toBe(true);
    expect(intersects(line([-5, 11], [15, 11]))).toBe(false);
    expect(
      intersects(
        bson({
          type: 'MultiPoint',
          coordinates: [
            [50, 50],
            [1, 1],
          ],
        }),
      ),
    ).toBe(true);
    expect(intersects(bson([5, 5]))).toBe(true);
  });

  it('work across the date line', () => {
    const within = parseGeoWithin(bson(polygon(square(170, -10, -170, 10))));
    expect(within(point(180, 0))).toBe(true);
    expect(within(point(-175, 5))).toBe(true);
    expect(within(point(0, 0))).toBe(false);
  });

  it('hold only points in a spherical cap', () => {
    const within = parseGeoWithin(bson({ $centerSphere: [[0, 0], 0.1] }));
    expect(within(point(5, 0))).toBe(true);
    expect(within(point(6, 0))).toBe(false);
    expect(within(line([0, 0], [1, 1]))).toBe(false);
  });
});

describe('rings', () => {
  const small = fc.double({ min: -1, max: 1, noNaN: true });

  it('contain a point or its complement does, for any triangle', () => {
    const degrees = (limit: number) =>
      fc.integer({ min: -limit * 1000, max: limit * 1000 }).map((n) => n / 1000);
    const anywhere = fc.tuple(degrees(180), degrees(89));
    fc.assert(
      fc.property(anywhere, anywhere, anywhere, anywhere, (a, b, c, p) => {
        const vertices = [a, b, c].map(([x, y]) => vectorOf(x, y));
        const ring = new Ring(vertices);
        const other = new Ring(vertices.toReversed());
        const at = vectorOf(p[0], p[1]);
        // An edge of nearly half a circle could run either way round.
        const longest = Math.max(...ring.edges.map(([from, to]) => angle(from, to)));
        fc.pre(longest < 3 && ring.distanceToEdge(at) > 1e-6);
        fc.pre(area(vertices) > 1e-3 && area(vertices) < 4 * Math.PI - 1e-3);
        expect(ring.contains(at)).toBe(!other.contains(at));
      }),
    );
  });

  it('agree with the plane where they are small', () => {
    fc.assert(
      fc.property(small, small, (x, y) => {
        fc.pre(Math.abs(Math.abs(x) - 0.5) > 1e-3 && Math.abs(Math.abs(y) - 0.5) > 1e-3);
        const ring = Ring.smaller(
          square(-0.5, -0.5, 0.5, 0.5)
            .slice(1)
            .map(([a = 0, b = 0]) => vectorOf(a, b)),
        );
        expect(ring.contains(vectorOf(x, y))).toBe(Math.abs(x) < 0.5 && Math.abs(y) < 0.5);
      }),
    );
  });
});

describe('refusals', () => {
  it.each([
    [{ $geometry: { type: 'Point', coordinates: [0, 0] } }, '$within not supported with provided geometry'],
    [{ $geometry: { type: 'X' } }, 'unknown GeoJSON type'],
    [{ $foo: 1 }, 'unknown geo specifier: $foo'],
    [{ $box: [[0, 0]] }, 'Point must be an array or object'],
    [{ $center: [[0, 0], -1] }, 'radius must be a non-negative number'],
    [
      {
        $polygon: [
          [0, 0],
          [1, 1],
        ],
      },
      'Polygon must have at least 3 points',
    ],
    [
      polygon([
        [0, 0],
        [1, 1],
        [1, 0],
      ]),
      'Loop is not closed',
    ],
    [
      polygon([
        [0, 0],
        [2, 2],
        [2, 0],
        [0, 2],
        [0, 0],
      ]),
      'Loop is not valid: Edges 0 and 2 cross.',
    ],
    [polygon(square(0, 0, 1, 1), square(5, 5, 6, 6)), 'Secondary loops not contained'],
  ])('%j', (operand, message) => {
    expect(() => parseGeoWithin(bson(operand))).toThrow(message);
  });
});

describe('near', () => {
  const distances = (operators: object, ...stored: unknown[]) => {
    const measure = nearnessOf(parseNear(bson(operators)), 'at');
    return stored.map((at) => measure(bson({ at }))?.distance);
  };

  it('measures in metres, radians or units of the plane', () => {
    const degree = Math.PI / 180;
    const metres = distances({ $near: { $geometry: { type: 'Point', coordinates: [0, 0] } } }, [1, 0]);
    expect(metres[0]).toBeCloseTo(degree * 6_378_100, 6);
    expect(distances({ $nearSphere: [0, 0] }, [1, 0])[0]).toBeCloseTo(degree, 12);
    expect(distances({ $near: [0, 0] }, [3, 4])).toEqual([5]);
  });

  it('takes the nearest of several places, and lines and polygons by their nearest point', () => {
    expect(
      distances(
        { $near: [0, 0] },
        [
          [9, 0],
          [3, 4],
        ],
        [{ x: 1, y: 0 }],
        'x',
      ),
    ).toEqual([5, 1, undefined]);
    const sphere = { $near: { $geometry: { type: 'Point', coordinates: [5, 5] } } };
    expect(distances(sphere, { type: 'Polygon', coordinates: [square(0, 0, 10, 10)] })).toEqual([0]);
  });

  it('keeps to the distances asked for', () => {
    expect(distances({ $near: [0, 0], $minDistance: 2, $maxDistance: 5 }, [1, 0], [3, 4], [6, 0])).toEqual([
      undefined,
      5,
      undefined,
    ]);
  });

  it('needs an index of its kind', () => {
    const indexes = geoIndexesOf([
      bson({ key: { flat: '2d' }, min: 0, max: 200 }),
      bson({ key: { at: '2dsphere' } }),
    ]);
    const legacy = parseNear(bson({ $near: [50, 50] }));
    const geoJson = parseNear(bson({ $near: { $geometry: { type: 'Point', coordinates: [0, 0] } } }));
    expect(indexForNear(legacy, 'flat', indexes).kind).toBe('2d');
    expect(() => indexForNear(legacy, 'at', indexes)).toThrow('unable to find index');
    expect(() => indexForNear(geoJson, 'flat', indexes)).toThrow('unable to find index');
    expect(indexForNear(geoJson, 'at', indexes).kind).toBe('2dsphere');
    const outside = parseNear(bson({ $near: [500, 500] }));
    expect(() => indexForNear(outside, 'flat', indexes)).toThrow('point not in interval of [ 0, 200 ]');
    expect(indexForGeoNear(indexes).path).toBe('flat');
    expect(() => indexForGeoNear([])).toThrow('no geo indices for geoNear');
  });
});
