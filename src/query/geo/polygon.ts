import { items, type Value } from '../../bson/value.ts';
import { nearPairsWithin, type Edge } from './edges.ts';
import { parsePositions } from './positions.ts';
import { Ring } from './ring.ts';
import { crossing } from './s2/orientation.ts';
import type { PolygonShape } from './shape.ts';
import { polygonContainsPoint } from './sphere.ts';
import type { Vector } from './vector.ts';

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
  const fault = faultOf(vertices);
  if (fault !== undefined) return `Loop is not valid: ${fault}`;
  return strict ? new Ring(vertices) : Ring.smaller(vertices);
}

/** What makes a ring no simple one, as S2 sees it: a vertex that comes twice, or two edges that cross. */
function faultOf(vertices: readonly Vector[]): string | undefined {
  const places = new Map<string, number>();
  for (const [place, vertex] of vertices.entries()) {
    const before = places.get(vertex.join());
    if (before !== undefined) return `Duplicate vertices: ${before} and ${place}`;
    places.set(vertex.join(), place);
  }
  const edges = vertices.map((vertex, at): Edge => [vertex, vertices[at + 1] ?? (vertices[0] as Vector)]);
  let found: readonly [number, number] | undefined;
  for (const [place, other] of nearPairsWithin(edges)) {
    if (other <= place + 1 || (found && (found[0] - place || found[1] - other) <= 0)) continue;
    const [[a, b], [c, d]] = [edges[place] as Edge, edges[other] as Edge];
    if (crossing(a, b, c, d) > 0) found = [place, other];
  }
  return found && `Edges ${found[0]} and ${found[1]} cross.`;
}

function ringsNest(outer: Ring, inner: Ring): boolean {
  const polygon: PolygonShape = { kind: 'polygon', rings: [outer], strict: false };
  return inner.vertices.every((vertex) => polygonContainsPoint(polygon, vertex));
}
