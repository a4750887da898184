import { flatContains, flatDistance } from './flat.ts';
import type { Point, QueryShape } from './shape.ts';
import { angle, vectorOf, type Vector } from './vector.ts';

/** A rectangle of the plane. */
export interface Box {
  min: Point;
  max: Point;
}

/** A part of the plane as it is asked about while it is covered with boxes. */
export interface FlatRegion {
  /** False only if the box has no point of the region. */
  meets(box: Box): boolean;
  /** True only if all of the box is in the region. */
  contains(box: Box): boolean;
}

export function boxesMeet(a: Box, b: Box): boolean {
  return a.min.x <= b.max.x && b.min.x <= a.max.x && a.min.y <= b.max.y && b.min.y <= a.max.y;
}

function boxHolds(a: Box, b: Box): boolean {
  return a.min.x <= b.min.x && b.max.x <= a.max.x && a.min.y <= b.min.y && b.max.y <= a.max.y;
}

/** The distance from a point to a box; 0 inside. */
export function distanceToBox({ x, y }: Point, { min, max }: Box): number {
  return flatDistance(
    { x, y },
    { x: Math.min(Math.max(x, min.x), max.x), y: Math.min(Math.max(y, min.y), max.y) },
  );
}

/** The distance from a point to the corner of a box that is furthest from it. */
export function furthestInBox({ x, y }: Point, { min, max }: Box): number {
  return Math.hypot(
    Math.max(Math.abs(x - min.x), Math.abs(x - max.x)),
    Math.max(Math.abs(y - min.y), Math.abs(y - max.y)),
  );
}

/** All points at a distance from `inner` to `outer` of a point. */
export function flatRing(center: Point, inner: number, outer: number): FlatRegion {
  return {
    meets: (box) => distanceToBox(center, box) <= outer && furthestInBox(center, box) >= inner,
    contains: (box) => furthestInBox(center, box) <= outer && distanceToBox(center, box) >= inner,
  };
}

/** All longitudes and latitudes at a distance from `inner` to `outer` radians of a point. */
export function sphereRing(center: Vector, inner: number, outer: number): FlatRegion {
  const boxes = boxesOfCap(center, outer);
  return {
    meets: (box) =>
      boxes.some((each) => boxesMeet(each, box)) && sphereDistances(center, box).furthest >= inner,
    contains: () => false,
  };
}

/** Between which distances from a point, in radians, the points of a box of longitudes and latitudes are. */
export function sphereDistances(from: Vector, { min, max }: Box): { nearest: number; furthest: number } {
  // A degree of longitude or latitude is never more than a degree of arc.
  const reach = ((Math.hypot(max.x - min.x, max.y - min.y) / 2) * Math.PI) / 180;
  const middle = angle(from, vectorOf((min.x + max.x) / 2, (min.y + max.y) / 2));
  return { nearest: Math.max(0, middle - reach), furthest: middle + reach };
}

const degree = 180 / Math.PI;
const slack = 1e-6;

/** Boxes of longitudes and latitudes with a cap in them: two where it crosses the date line. */
function boxesOfCap([x, y, z]: Vector, radius: number): Box[] {
  const latitude = Math.atan2(z, Math.hypot(x, y));
  const south = (latitude - radius) * degree - slack;
  const north = (latitude + radius) * degree + slack;
  const box = (west: number, east: number): Box => ({
    min: { x: west, y: south },
    max: { x: east, y: north },
  });
  if (south <= -90 || north >= 90) return [box(-180, 180)];
  const longitude = Math.atan2(y, x) * degree;
  const half = Math.asin(Math.min(1, Math.sin(radius) / Math.cos(latitude))) * degree + slack;
  const [west, east] = [longitude - half, longitude + half];
  if (west < -180) return [box(-180, east), box(west + 360, 180)];
  return east > 180 ? [box(west, 180), box(-180, east - 360)] : [box(west, east)];
}

/** Where documents may lie that a query's shape contains, as a part of the plane; undefined for shapes that no index of the plane serves. */
export function flatRegion(shape: QueryShape): FlatRegion | undefined {
  switch (shape.kind) {
    case 'box':
      return { meets: (box) => boxesMeet(shape, box), contains: (box) => boxHolds(shape, box) };
    case 'circle':
      return flatRing(shape.center, 0, shape.radius);
    case 'cap':
      return sphereRing(shape.center, 0, shape.radius);
    case 'flatPolygon':
      return polygonRegion(shape.points);
    default:
      return undefined;
  }
}

function polygonRegion(points: Point[]): FlatRegion {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const around: Box = {
    min: { x: Math.min(...xs), y: Math.min(...ys) },
    max: { x: Math.max(...xs), y: Math.max(...ys) },
  };
  const edgeMeets = (box: Box): boolean =>
    points.some((point, at) => segmentMeets(point, points[(at + 1) % points.length] ?? point, box));
  const inside = (box: Box): boolean => flatContains({ kind: 'flatPolygon', points }, box.min);
  return {
    meets: (box) => boxesMeet(around, box) && (edgeMeets(box) || inside(box)),
    contains: (box) => inside(box) && !edgeMeets(box),
  };
}

/** Whether a segment has a point in a box: by clipping it at the box's sides. */
function segmentMeets(from: Point, to: Point, { min, max }: Box): boolean {
  let [start, end] = [0, 1];
  for (const axis of ['x', 'y'] as const) {
    const step = to[axis] - from[axis];
    const first = min[axis] - from[axis];
    const second = max[axis] - from[axis];
    if (step === 0) {
      if (first > 0 || second < 0) return false;
      continue;
    }
    start = Math.max(start, Math.min(first / step, second / step));
    end = Math.min(end, Math.max(first / step, second / step));
  }
  return start <= end;
}
