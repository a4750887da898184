import { flatContains, flatDistance } from './flat.ts';
import { onGlobe, type Point, type PointShape, type QueryShape, type SphereShape } from './shape.ts';
import {
  distanceToLine,
  distanceToPolygon,
  linesIntersect,
  polygonContainsLine,
  polygonContainsPoint,
  polygonContainsPolygon,
  polygonIntersectsLine,
  polygonsIntersect,
} from './sphere.ts';
import { angle, angleToArc, touching, vectorOf, type Vector } from './vector.ts';

/** Whether the shape of a query contains a stored one wholly: `$geoWithin`. */
export function contains(query: QueryShape, stored: SphereShape): boolean {
  switch (query.kind) {
    case 'box':
    case 'circle':
    case 'flatPolygon':
      return stored.kind === 'point' && flatContains(query, stored.point);
    default:
      return stored.kind === 'collection'
        ? stored.parts.length > 0 && stored.parts.every((part) => contains(query, part))
        : onSphere(stored) && containsOnSphere(query, stored);
  }
}

type Simple = Exclude<SphereShape, { kind: 'collection' }>;

/** Whether a stored shape may be compared with one on the sphere: a legacy pair only within the globe, a strict polygon never. */
function onSphere(stored: Simple): boolean {
  if (stored.kind === 'point') return onGlobe(stored.point);
  return !(stored.kind === 'polygon' && stored.strict);
}

function containsOnSphere(
  query: Exclude<QueryShape, { kind: 'box' | 'circle' | 'flatPolygon' }>,
  stored: Simple,
): boolean {
  if (query.kind === 'collection') return query.parts.some((part) => containsOnSphere(part, stored));
  if (query.kind === 'cap') return capContains(query, stored);
  if (query.kind !== 'polygon') return false;
  switch (stored.kind) {
    case 'point':
      return polygonContainsPoint(query, vector(stored));
    case 'line':
      return polygonContainsLine(query, stored);
    case 'polygon':
      return polygonContainsPolygon(query, stored);
  }
}

/** mongod 3.4 finds only points in a spherical cap, never lines or polygons. */
function capContains({ center, radius }: { center: Vector; radius: number }, stored: Simple): boolean {
  return stored.kind === 'point' && angle(center, vector(stored)) <= radius + touching;
}

/** Whether two shapes on the sphere have a point in common: `$geoIntersects`. */
export function intersects(query: SphereShape, stored: SphereShape): boolean {
  if (query.kind === 'collection') return query.parts.some((part) => intersects(part, stored));
  if (stored.kind === 'collection') return stored.parts.some((part) => intersects(query, part));
  if (!onSphere(stored)) return false;
  if (query.kind === 'point') return pointTouches(vector(query), stored);
  if (stored.kind === 'point') return pointTouches(vector(stored), query);
  if (query.kind === 'polygon') {
    return stored.kind === 'polygon'
      ? polygonsIntersect(query, stored)
      : polygonIntersectsLine(query, stored);
  }
  return stored.kind === 'polygon' ? polygonIntersectsLine(stored, query) : linesIntersect(query, stored);
}

function pointTouches(point: Vector, other: Simple): boolean {
  switch (other.kind) {
    case 'point':
      return angle(point, vector(other)) <= touching;
    case 'line':
      return distanceToLine(other, point) <= touching;
    case 'polygon':
      return polygonContainsPoint(other, point);
  }
}

/** Radians from a point on the sphere to a stored shape, or undefined if that cannot lie there. */
export function sphereDistance(from: Vector, stored: SphereShape): number | undefined {
  if (stored.kind === 'collection') {
    const distances = stored.parts
      .map((part) => sphereDistance(from, part))
      .filter((distance) => distance !== undefined);
    return distances.length > 0 ? Math.min(...distances) : undefined;
  }
  if (!onSphere(stored)) return undefined;
  switch (stored.kind) {
    case 'point':
      return angle(from, vector(stored));
    case 'line':
      return stored.vertices.length === 1
        ? angleToArc(from, stored.vertices[0] ?? from, stored.vertices[0] ?? from)
        : distanceToLine(stored, from);
    case 'polygon':
      return distanceToPolygon(stored, from);
  }
}

/** The distance in the plane to a stored point; undefined for other shapes. */
export function planeDistance(from: Point, stored: SphereShape): number | undefined {
  return stored.kind === 'point' ? flatDistance(from, stored.point) : undefined;
}

function vector({ point }: PointShape): Vector {
  return vectorOf(point.x, point.y);
}
