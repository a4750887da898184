import type { Ring } from './ring.ts';
import type { Vector } from './vector.ts';

/** Longitude and latitude in degrees, or coordinates of a plane. */
export interface Point {
  x: number;
  y: number;
}

/** A point; as stored, one of a legacy pair lies in the plane and may be taken to the sphere if it fits there. */
export interface PointShape {
  kind: 'point';
  point: Point;
  flat: boolean;
}

export interface LineShape {
  kind: 'line';
  vertices: Vector[];
}

/** The first ring is the outside, the others are holes in it. */
export interface PolygonShape {
  kind: 'polygon';
  rings: Ring[];
  /** The polygon was given with the strict winding order and may cover more than half of the earth. */
  strict: boolean;
}

export interface Collection {
  kind: 'collection';
  parts: SphereShape[];
}

export type SphereShape = PointShape | LineShape | PolygonShape | Collection;

/** Shapes of the plane and the spherical cap: only in queries. */
export type QueryOnlyShape =
  | { kind: 'box'; min: Point; max: Point }
  | { kind: 'flatPolygon'; points: Point[] }
  | { kind: 'circle'; center: Point; radius: number }
  | { kind: 'cap'; center: Vector; radius: number };

export type QueryShape = SphereShape | QueryOnlyShape;

/** Whether longitude and latitude are on the globe. */
export function onGlobe({ x, y }: Point): boolean {
  return Math.abs(x) <= 180 && Math.abs(y) <= 90;
}
