import { items, type Value } from '../../bson/value.ts';
import { parsePair } from './points.ts';
import { onGlobe, type PointShape } from './shape.ts';
import { vectorOf, type Vector } from './vector.ts';

/** The coordinates of a GeoJSON Point, which may be a document too, or the reason why they are none. */
export function parsePoint(coordinates: Value | undefined): PointShape | string {
  const point = parsePair(coordinates);
  if (typeof point === 'string') return point;
  if (!onGlobe(point)) {
    return `longitude/latitude is out of bounds, lng: ${point.x} lat: ${point.y}`;
  }
  return { kind: 'point', point, flat: false };
}

/** The positions of a line or ring as points on the sphere, equal neighbours once. */
export function parsePositions(coordinates: Value | undefined): Vector[] | string {
  if (!coordinates?.isArray()) return 'GeoJSON coordinates must be an array of coordinates';
  const vertices: Vector[] = [];
  let previous: { x: number; y: number } | undefined;
  for (const position of items(coordinates)) {
    if (!position.isArray()) return 'GeoJSON coordinates must be an array';
    const parsed = parsePoint(position);
    if (typeof parsed === 'string') return parsed;
    const { point } = parsed;
    if (previous?.x !== point.x || previous.y !== point.y) vertices.push(vectorOf(point.x, point.y));
    previous = point;
  }
  return vertices;
}
