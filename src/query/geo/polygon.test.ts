import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bson } from '../../../test/support/pipelines.ts';
import { nearPairs, nearPairsWithin } from './edges.ts';
import { Meetings } from './meetings.ts';
import { Ring } from './ring.ts';
import { vectorOf } from './vector.ts';
import { parseGeoIntersects, parseGeoWithin } from './within.ts';

type Position = [number, number];

/** A ring of `count` vertices around a centre, like the outline of a town or a lake: the radius swings to and fro. */
function outline(
  [x, y]: Position,
  radius: number,
  count: number,
  swings = 5,
): { type: string; coordinates: Position[][] } {
  const vertices = Array.from({ length: count }, (_, n): Position => {
    const angle = (2 * Math.PI * n) / count;
    const reach = radius * (1 + 0.1 * Math.sin(swings * angle));
    return [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
  });
  return { type: 'Polygon', coordinates: [[...vertices, vertices[0] as Position]] };
}

const centre = fc.tuple(
  fc.double({ min: -170, max: 170, noNaN: true }),
  fc.double({ min: -60, max: 60, noNaN: true }),
);
const radius = fc.constantFrom(5, 1, 0.1, 0.01, 0.001);

describe('a polygon of many short edges', () => {
  it('is one, wherever it lies, and holds its centre', () => {
    fc.assert(
      fc.property(centre, radius, fc.integer({ min: 12, max: 80 }), (at, size, count) => {
        const polygon = outline(at, size, count);
        const point = bson({ type: 'Point', coordinates: at });
        expect(parseGeoWithin(bson({ $geometry: polygon })).matches(point)).toBe(true);
        expect(
          parseGeoIntersects(bson({ $geometry: { type: 'Point', coordinates: at } })).matches(bson(polygon)),
        ).toBe(true);
      }),
    );
  });

  it('is none if two of its edges cross, or a vertex comes twice', () => {
    const [ring = []] = outline([10, 50], 0.01, 40, 0).coordinates;
    const crossed = [...ring.slice(0, 7), ring[8], ring[7], ...ring.slice(9)];
    const twice = [...ring.slice(0, 20), ring[3], ...ring.slice(20)];
    const parse = (coordinates: unknown) => () =>
      parseGeoWithin(bson({ $geometry: { type: 'Polygon', coordinates: [coordinates] } }));
    expect(parse(crossed)).toThrow('Loop is not valid: Edges 6 and 8 cross.');
    expect(parse(twice)).toThrow('Loop is not valid: Duplicate vertices: 3 and 20');
    expect(parse(ring)).not.toThrow();
  });
});

describe('polygons of a thousand edges', () => {
  const [wide, narrow] = [outline([10, 50], 3, 1000), outline([10, 50], 1, 1000)];
  const hole = outline([10, 50], 2, 1000).coordinates;
  const ring = { ...wide, coordinates: [...wide.coordinates, ...hole] };

  it('contain and meet each other as small ones do', () => {
    expect(parseGeoWithin(bson({ $geometry: wide })).matches(bson(narrow))).toBe(true);
    expect(parseGeoWithin(bson({ $geometry: narrow })).matches(bson(wide))).toBe(false);
    expect(parseGeoWithin(bson({ $geometry: ring })).matches(bson(narrow))).toBe(false);
    expect(parseGeoIntersects(bson({ $geometry: ring })).matches(bson(narrow))).toBe(false);
    expect(parseGeoIntersects(bson({ $geometry: wide })).matches(bson(narrow))).toBe(true);
  });

  it('are not compared edge by edge', () => {
    const [first, second, apart] = [outline([10, 50], 1, 1000), outline([11, 50], 1, 1000), narrow].map(
      ({ coordinates: [vertices = []] }) => new Ring(vertices.slice(1).map(([x, y]) => vectorOf(x, y))).edges,
    );
    expect([...nearPairsWithin(first ?? [])].length).toBeLessThan(2000);
    expect([...nearPairs(first ?? [], second ?? [])].length).toBeLessThan(100);
    const meetings = new Meetings(
      apart ?? [],
      new Ring(hole[0]?.map(([x, y]) => vectorOf(x, y)) ?? []).edges,
    );
    expect(meetings.telling).toHaveLength(1);
  });
});
