import type { Ring } from './ring.ts';
import type { LineShape, PolygonShape } from './shape.ts';
import { crossing } from './s2/orientation.ts';
import { angle, angleToArc, between, cross, length, touching, unit, type Vector } from './vector.ts';

/** Radians from a point to the edges of a polygon, on either side. */
function distanceToEdges(polygon: PolygonShape, point: Vector): number {
  return Math.min(...polygon.rings.map((ring) => ring.distanceToEdge(point)));
}

/** Inside the outer ring and outside of the holes; says nothing reliable about points on an edge. */
function insideRings({ rings: [outer, ...holes] }: PolygonShape, point: Vector): boolean {
  return outer?.contains(point) === true && !holes.some((hole) => hole.contains(point));
}

/** Whether a polygon contains a point; its edges belong to it. */
export function polygonContainsPoint(polygon: PolygonShape, point: Vector): boolean {
  return insideRings(polygon, point) || distanceToEdges(polygon, point) <= touching;
}

/** Inside, and not on an edge. */
function strictlyInside(polygon: PolygonShape, point: Vector): boolean {
  return distanceToEdges(polygon, point) > touching && insideRings(polygon, point);
}

/** Radians from a point to a polygon; 0 inside. */
export function distanceToPolygon(polygon: PolygonShape, point: Vector): number {
  return insideRings(polygon, point) ? 0 : distanceToEdges(polygon, point);
}

/** Radians from a point to a line. */
export function distanceToLine(line: LineShape, point: Vector): number {
  let least = Infinity;
  for (const [a, b] of lineEdges(line)) least = Math.min(least, angleToArc(point, a, b));
  return least;
}

export function polygonContainsLine(polygon: PolygonShape, line: LineShape): boolean {
  return coversEdges(polygon, [...lineEdges(line)]);
}

/** Touching edges do not leave the polygon, and a hole must not lie inside the other. */
export function polygonContainsPolygon(polygon: PolygonShape, other: PolygonShape): boolean {
  return (
    coversEdges(polygon, [...polygonEdges(other)]) &&
    !polygon.rings.some((ring) => ring.vertices.some((vertex) => strictlyInside(other, vertex))) &&
    innerPoints(other).every((point) => polygonContainsPoint(polygon, point))
  );
}

function coversEdges(polygon: PolygonShape, edges: [Vector, Vector][]): boolean {
  const own = [...polygonEdges(polygon)];
  return edges.every(
    ([a, b]) =>
      polygonContainsPoint(polygon, a) &&
      polygonContainsPoint(polygon, b) &&
      polygonContainsPoint(polygon, between(a, b, 0.5)) &&
      !own.some(([c, d]) => crossInside(a, b, c, d)),
  );
}

export function linesIntersect(line: LineShape, other: LineShape): boolean {
  for (const [a, b] of lineEdges(line)) {
    for (const [c, d] of lineEdges(other)) if (arcsMeet(a, b, c, d)) return true;
  }
  return false;
}

export function polygonIntersectsLine(polygon: PolygonShape, line: LineShape): boolean {
  if (line.vertices.some((vertex) => polygonContainsPoint(polygon, vertex))) return true;
  for (const [a, b] of lineEdges(line)) {
    for (const [c, d] of polygonEdges(polygon)) if (arcsMeet(a, b, c, d)) return true;
  }
  return false;
}

/** Polygons that only touch do not intersect. */
export function polygonsIntersect(polygon: PolygonShape, other: PolygonShape): boolean {
  for (const [a, b] of polygonEdges(polygon)) {
    for (const [c, d] of polygonEdges(other)) if (crossInside(a, b, c, d)) return true;
  }
  return reachesInto(polygon, other) || reachesInto(other, polygon);
}

function reachesInto(polygon: PolygonShape, other: PolygonShape): boolean {
  for (const [a, b] of polygonEdges(polygon)) {
    if (strictlyInside(other, a) || strictlyInside(other, between(a, b, 0.5))) return true;
  }
  return innerPoints(polygon).some((point) => strictlyInside(other, point));
}

/** Some points inside: left of the middle of an edge of the outer ring, near enough not to leave the polygon. */
function innerPoints(polygon: PolygonShape): Vector[] {
  for (const [a, b] of polygon.rings[0]?.edges() ?? []) {
    const middle = between(a, b, 0.5);
    const normal = cross(a, b);
    if (length(normal) === 0) continue;
    const left = unit(normal);
    for (let step = angle(a, b) / 2; step > 4 * touching; step /= 4) {
      const point = unit([
        middle[0] + left[0] * step,
        middle[1] + left[1] * step,
        middle[2] + left[2] * step,
      ]);
      if (strictlyInside(polygon, point)) return [point];
    }
  }
  return [];
}

/** Crosses at a point inside both arcs, more than by touching. */
function crossInside(a: Vector, b: Vector, c: Vector, d: Vector): boolean {
  return (
    crossing(a, b, c, d) > 0 &&
    Math.min(angleToArc(a, c, d), angleToArc(b, c, d), angleToArc(c, a, b), angleToArc(d, a, b)) > touching
  );
}

function arcsMeet(a: Vector, b: Vector, c: Vector, d: Vector): boolean {
  return (
    crossing(a, b, c, d) > 0 ||
    Math.min(angleToArc(a, c, d), angleToArc(b, c, d), angleToArc(c, a, b), angleToArc(d, a, b)) <= touching
  );
}

function* lineEdges({ vertices }: LineShape): Generator<[Vector, Vector]> {
  for (const [index, vertex] of vertices.entries()) {
    const next = vertices[index + 1];
    if (next) yield [vertex, next];
  }
}

function* polygonEdges({ rings }: { rings: Ring[] }): Generator<[Vector, Vector]> {
  for (const ring of rings) yield* ring.edges();
}
