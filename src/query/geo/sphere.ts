import type { Edge } from './edges.ts';
import { Meetings } from './meetings.ts';
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

function touchesEdge({ rings }: PolygonShape, point: Vector): boolean {
  return rings.some((ring) => ring.touches(point));
}

/** Whether a polygon contains a point; its edges belong to it. */
export function polygonContainsPoint(polygon: PolygonShape, point: Vector): boolean {
  return insideRings(polygon, point) || touchesEdge(polygon, point);
}

/** Inside, and not on an edge. */
function strictlyInside(polygon: PolygonShape, point: Vector): boolean {
  return insideRings(polygon, point) && !touchesEdge(polygon, point);
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
  return coversEdges(polygon, new Meetings(lineEdges(line), polygonEdges(polygon)));
}

/** Touching edges do not leave the polygon, and a hole must not lie inside the other. */
export function polygonContainsPolygon(polygon: PolygonShape, other: PolygonShape): boolean {
  const meetings = new Meetings(polygonEdges(other), polygonEdges(polygon));
  return (
    coversEdges(polygon, meetings) &&
    !meetings.turned.telling.some(([vertex]) => strictlyInside(other, vertex)) &&
    innerPoints(other).every((point) => polygonContainsPoint(polygon, point))
  );
}

function coversEdges(polygon: PolygonShape, meetings: Meetings): boolean {
  return (
    meetings.telling.every(
      ([a, b]) =>
        polygonContainsPoint(polygon, a) &&
        polygonContainsPoint(polygon, b) &&
        polygonContainsPoint(polygon, between(a, b, 0.5)),
    ) && !meetings.some(crossInside)
  );
}

export function linesIntersect(line: LineShape, other: LineShape): boolean {
  return new Meetings(lineEdges(line), lineEdges(other)).some(arcsMeet);
}

export function polygonIntersectsLine(polygon: PolygonShape, line: LineShape): boolean {
  const meetings = new Meetings(lineEdges(line), polygonEdges(polygon));
  return (
    meetings.telling.some((edge) => edge.some((vertex) => polygonContainsPoint(polygon, vertex))) ||
    meetings.some(arcsMeet)
  );
}

/** Polygons that only touch do not intersect. */
export function polygonsIntersect(polygon: PolygonShape, other: PolygonShape): boolean {
  const meetings = new Meetings(polygonEdges(polygon), polygonEdges(other));
  return (
    meetings.some(crossInside) ||
    reachesInto(polygon, meetings, other) ||
    reachesInto(other, meetings.turned, polygon)
  );
}

function reachesInto(polygon: PolygonShape, { telling }: Meetings, other: PolygonShape): boolean {
  return (
    telling.some(([a, b]) => strictlyInside(other, a) || strictlyInside(other, between(a, b, 0.5))) ||
    innerPoints(polygon).some((point) => strictlyInside(other, point))
  );
}

/** Some points inside: left of the middle of an edge of the outer ring, near enough not to leave the polygon. */
function innerPoints(polygon: PolygonShape): Vector[] {
  for (const [a, b] of polygon.rings[0]?.edges ?? []) {
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
function crossInside([a, b]: Edge, [c, d]: Edge): boolean {
  return crossing(a, b, c, d) > 0 && endsApart(a, b, c, d) > touching;
}

function arcsMeet([a, b]: Edge, [c, d]: Edge): boolean {
  return crossing(a, b, c, d) > 0 || endsApart(a, b, c, d) <= touching;
}

/** Radians from the nearest end of two arcs to the other arc. */
function endsApart(a: Vector, b: Vector, c: Vector, d: Vector): number {
  return Math.min(angleToArc(a, c, d), angleToArc(b, c, d), angleToArc(c, a, b), angleToArc(d, a, b));
}

function lineEdges({ vertices }: LineShape): Edge[] {
  return vertices.slice(1).map((vertex, at): Edge => [vertices[at] as Vector, vertex]);
}

function polygonEdges({ rings }: PolygonShape): readonly Edge[] {
  return rings.length === 1 && rings[0] ? rings[0].edges : rings.flatMap((ring) => ring.edges);
}
