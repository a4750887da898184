import { items, type Value } from '../../bson/value.ts';
import { parsePositions } from './positions.ts';
import { Ring } from './ring.ts';
import type { PolygonShape } from './shape.ts';
import { polygonContainsPoint } from './sphere.ts';
import { angle, arcsCross, touching, type Vector } from './vector.ts';

/** A GeoJSON Polygon's coordinates, or the reason why they make none. Rings must be closed, simple, and holes inside the first. */
export function parsePolygon(coordinates: Value | undefined, strict: boolean): PolygonShape | string {
  if (!coordinates?.isArray()) return 'Polygon coordinates must be an array';
  const rings: Ring[] = [];
  for (const item of items(coordinates)) {
    const ring = parseRing(item, strict);
    if (typeof ring === 'string') return ring;
    const outer = rings[0];
    if (outer && !ringsNest(outer, ring)) {
      return 'Secondary loops not contained by first exterior loop - secondary loops must be holes';
    }
    rings.push(ring);
  }
  if (rings.length === 0) return 'Polygon has no loops.';
  if (strict && rings.length > 1) return 'Only one simple loop is allowed in a big polygon';
  return { kind: 'polygon', rings, strict };
}

function parseRing(item: Value, strict: boolean): Ring | string {
  const positions = parsePositions(item);
  if (typeof positions === 'string') return positions;
  const [first] = positions;
  const last = positions.at(-1);
  if (!first || !last) return 'Loop has no vertices';
  if (first.some((value, at) => value !== last[at])) return 'Loop is not closed';
  const vertices = positions.slice(0, -1);
  if (vertices.length < 3) return 'Loop must have at least 3 different vertices';
  const fault = crossing(vertices);
  if (fault !== undefined) return `Loop is not valid: ${fault}`;
  return strict ? new Ring(vertices) : Ring.smaller(vertices);
}

function crossing(vertices: Vector[]): string | undefined {
  const [closing, ...others] = new Ring(vertices).edges();
  const edges = closing ? [...others, closing] : others;
  for (const [index, [a, b]] of edges.entries()) {
    for (let other = index + 1; other < edges.length; other++) {
      const [c, d] = edges[other] ?? [a, b];
      if (arcsCross(a, b, c, d)) return `Edges ${index} and ${other} cross.`;
      const neighbours = other === index + 1 || (index === 0 && other === edges.length - 1);
      if (!neighbours && angle(b, d) < touching / 1000) return `Duplicate vertices: ${index} and ${other}`;
    }
  }
  return undefined;
}

function ringsNest(outer: Ring, inner: Ring): boolean {
  const polygon: PolygonShape = { kind: 'polygon', rings: [outer], strict: false };
  return inner.vertices.every((vertex) => polygonContainsPoint(polygon, vertex));
}
