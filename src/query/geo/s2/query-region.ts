import { area } from '../ring.ts';
import { onGlobe, type PolygonShape, type QueryShape } from '../shape.ts';
import { vectorOf, type Vector } from '../vector.ts';
import type { Cap } from './bounds.ts';
import { arcNearCell, distanceToCell, furthestInCell } from './cell-distance.ts';
import { lineRegion, polygonRegion, type Region } from './region.ts';

/** Points so near to an edge count as on it in some comparisons: cells that near are read too. */
const reach = 1e-8;

/** All points at a distance from `inner` to `outer` radians of a point. */
export function ringRegion(center: Vector, inner: number, outer: number): Region {
  return {
    meets: (cell) =>
      distanceToCell(center, cell) <= outer + reach &&
      (inner <= 0 || furthestInCell(center, cell) >= inner - reach),
    contains: (cell) => furthestInCell(center, cell) <= outer && distanceToCell(center, cell) >= inner,
    cap: () => capOf(center, outer),
  };
}

function capOf(axis: Vector, radius: number): Cap {
  const half = Math.sin(0.5 * Math.min(radius + reach, Math.PI));
  return { axis, height: 2 * half * half };
}

/**
 * Where documents may lie that a query's shape contains or meets, in cells of the sphere. Undefined for shapes of the plane, which no index
 * of the sphere serves.
 */
export function queryRegion(shape: QueryShape): Region | undefined {
  switch (shape.kind) {
    case 'cap':
      return ringRegion(shape.center, 0, shape.radius);
    case 'point':
      return onGlobe(shape.point) ? ringRegion(vectorOf(shape.point.x, shape.point.y), 0, 0) : undefined;
    case 'line':
      return wider(lineRegion(shape.vertices), arcsOf(shape.vertices, false));
    case 'polygon': {
      const arcs = shape.rings.flatMap(({ vertices }) => arcsOf(vertices, true));
      return wider(insideOf(shape), arcs);
    }
    case 'collection':
      return eitherOf(shape.parts.map(queryRegion));
    default:
      return undefined;
  }
}

function insideOf({ rings, strict }: PolygonShape): Region {
  const vertices = rings.map((ring) => ring.vertices);
  const [first = []] = vertices;
  if (!strict || area(first) <= 2 * Math.PI) return polygonRegion(vertices);
  // More than half of the sphere: what is not in the rest.
  const rest = polygonRegion([first.toReversed()]);
  return {
    meets: (cell) => !rest.contains(cell),
    contains: (cell) => !rest.meets(cell),
    cap: () => ({ axis: [0, 0, 1], height: 2 }),
  };
}

function arcsOf(vertices: readonly Vector[], closed: boolean): [Vector, Vector][] {
  const arcs = vertices.slice(1).map((end, at): [Vector, Vector] => [vertices[at] as Vector, end]);
  const [first] = vertices;
  const last = vertices.at(-1);
  if (first && last && (closed || arcs.length === 0)) arcs.push([last, first]);
  return arcs;
}

/** A region with the cells that only touch it. */
function wider(region: Region, arcs: readonly [Vector, Vector][]): Region {
  return {
    meets: (cell) => region.meets(cell) || arcs.some(([a, b]) => arcNearCell(a, b, cell, reach)),
    contains: (cell) => region.contains(cell),
    cap() {
      const { axis, height } = region.cap();
      return capOf(axis, 2 * Math.asin(Math.sqrt(Math.min(0.5 * height, 1))));
    },
  };
}

function eitherOf(regions: readonly (Region | undefined)[]): Region | undefined {
  const known = regions.filter((region) => region !== undefined);
  if (known.length < regions.length) return undefined;
  return {
    meets: (cell) => known.some((region) => region.meets(cell)),
    contains: (cell) => known.some((region) => region.contains(cell)),
    // Whole faces first: the parts may lie anywhere.
    cap: () => ({ axis: [0, 0, 1], height: 2 }),
  };
}
