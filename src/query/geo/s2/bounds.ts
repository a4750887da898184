import { cross, dot, length, type Vector } from '../vector.ts';
import type { Cell } from './cell.ts';
import {
  allLongitudes,
  betweenLongitudes,
  hasLongitude,
  hasLongitudes,
  isAll,
  joinLongitudes,
  middleOf,
  noLongitudes,
  shareLongitudes,
  widen,
  type Longitudes,
} from './longitudes.ts';
import { roundHalfEven } from './grid.ts';
import { stableCross } from './orientation.ts';

/** A rectangle of latitudes and longitudes, in radians. Empty if south is above north. */
export interface Bounds {
  south: number;
  north: number;
  longitudes: Longitudes;
}

/** A part of the sphere around an axis: all points whose chord to it is not too long. */
export interface Cap {
  axis: Vector;
  /** 1 minus the cosine of its radius. */
  height: number;
}

export const nowhere: Bounds = { south: 1, north: 0, longitudes: noLongitudes };
export const everywhere: Bounds = { south: -Math.PI / 2, north: Math.PI / 2, longitudes: allLongitudes };

export function latitudeOf([x, y, z]: Vector): number {
  return Math.atan2(z, Math.sqrt(x * x + y * y));
}

export function longitudeOf([x, y]: Vector): number {
  return Math.atan2(y, x);
}

function isEmpty({ south, north }: Bounds): boolean {
  return south > north;
}

export function join(a: Bounds, b: Bounds): Bounds {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {
    south: Math.min(a.south, b.south),
    north: Math.max(a.north, b.north),
    longitudes: joinLongitudes(a.longitudes, b.longitudes),
  };
}

export function meet(a: Bounds, b: Bounds): boolean {
  if (isEmpty(a) || isEmpty(b)) return false;
  return a.south <= b.north && b.south <= a.north && shareLongitudes(a.longitudes, b.longitudes);
}

export function hold(a: Bounds, b: Bounds): boolean {
  if (isEmpty(b)) return true;
  return b.south >= a.south && b.north <= a.north && hasLongitudes(a.longitudes, b.longitudes);
}

export function holdPoint(a: Bounds, point: Vector): boolean {
  const latitude = latitudeOf(point);
  return latitude >= a.south && latitude <= a.north && hasLongitude(a.longitudes, longitudeOf(point));
}

export function isWhole(a: Bounds): boolean {
  return isAll(a.longitudes) && a.south === -Math.PI / 2 && a.north === Math.PI / 2;
}

/** The bounds of a chain of arcs. */
export function boundsOfChain(points: Iterable<Vector>): Bounds {
  let bounds = nowhere;
  let previous: Vector | undefined;
  for (const point of points) {
    if (previous === undefined) {
      const [latitude, longitude] = [latitudeOf(point), longitudeOf(point)];
      const at = longitude === -Math.PI ? Math.PI : longitude;
      bounds = { south: latitude, north: latitude, longitudes: { low: at, high: at } };
    } else bounds = join(bounds, boundsOfArc(previous, point, bounds));
    previous = point;
  }
  return bounds;
}

function boundsOfArc(a: Vector, b: Vector, sofar: Bounds): Bounds {
  const [first, second] = [latitudeOf(a), latitudeOf(b)];
  const arc: Bounds = {
    south: Math.min(first, second),
    north: Math.max(first, second),
    longitudes: betweenLongitudes(longitudeOf(a), longitudeOf(b)),
  };
  // Where the arc turns from going north to going south it reaches further than its ends.
  const normal = stableCross(a, b);
  const direction = cross(normal, [0, 0, 1]);
  const [da, db] = [dot(direction, a), dot(direction, b)];
  if (da * db >= 0) return arc;
  const furthest = Math.acos(Math.abs(normal[2] / length(normal)));
  if (da < 0) arc.north = Math.max(furthest, arc.north, sofar.north);
  else arc.south = Math.min(-furthest, arc.south, sofar.south);
  if (furthest >= Math.PI / 2 - 1e-15) arc.longitudes = allLongitudes;
  return arc;
}

const slack = 2 ** -51;
const leastLatitudeOfPole = Math.asin(Math.sqrt(1 / 3));

/** The bounds of a cell, a little wider than it is. */
export function boundsOfCell(cell: Cell): Bounds {
  if (cell.level === 0) return boundsOfFace(cell.face);
  const { latitude, longitude } = cell.extremes();
  const [first, second] = [latitudeOf(latitude[0]), latitudeOf(latitude[1])];
  const south = Math.max(Math.min(first, second) - slack, -Math.PI / 2);
  const north = Math.min(Math.max(first, second) + slack, Math.PI / 2);
  if (south === -Math.PI / 2 || north === Math.PI / 2) return { south, north, longitudes: allLongitudes };
  const between = betweenLongitudes(longitudeOf(longitude[0]), longitudeOf(longitude[1]));
  return { south, north, longitudes: widen(between, slack) };
}

function boundsOfFace(face: number): Bounds {
  const quarter = Math.PI / 4;
  if (face === 2) return { south: leastLatitudeOfPole, north: Math.PI / 2, longitudes: allLongitudes };
  if (face === 5) return { south: -Math.PI / 2, north: -leastLatitudeOfPole, longitudes: allLongitudes };
  const ends: Record<number, Longitudes> = {
    0: { low: -quarter, high: quarter },
    1: { low: quarter, high: 3 * quarter },
    3: { low: 3 * quarter, high: -3 * quarter },
  };
  return {
    south: -quarter,
    north: quarter,
    longitudes: ends[face] ?? { low: -3 * quarter, high: -quarter },
  };
}

function heightOf(radius: number): number {
  if (radius >= Math.PI) return 2;
  const half = Math.sin(0.5 * radius);
  return 2 * half * half;
}

/** The radius of a cap in radians. */
export function radiusOf({ height }: Cap): number {
  return 2 * Math.asin(Math.sqrt(0.5 * height));
}

/** A cap around a rectangle: about its middle or about a pole, whichever is smaller. */
export function capAround({ south, north, longitudes }: Bounds): Cap {
  const atSouth = south + north < 0;
  const pole: Cap = {
    axis: [0, 0, atSouth ? -1 : 1],
    height: heightOf(atSouth ? Math.PI / 2 + north : Math.PI / 2 - south),
  };
  const span = longitudes.high - longitudes.low;
  const turned = span - 2 * Math.PI * roundHalfEven(span / (2 * Math.PI));
  if (turned < 0 || span >= 2 * Math.PI) return pole;
  const axis = pointAt(0.5 * (south + north), middleOf(longitudes));
  let height = 0;
  for (const [latitude, longitude] of [
    [south, longitudes.low],
    [south, longitudes.high],
    [north, longitudes.high],
    [north, longitudes.low],
  ] as const) {
    const corner = pointAt(latitude, longitude);
    const chord: Vector = [axis[0] - corner[0], axis[1] - corner[1], axis[2] - corner[2]];
    height = Math.max(height, (1 + 2 ** -52) * 0.5 * dot(chord, chord));
  }
  return height < pole.height ? { axis, height } : pole;
}

function pointAt(latitude: number, longitude: number): Vector {
  const cos = Math.cos(latitude);
  return [Math.cos(longitude) * cos, Math.sin(longitude) * cos, Math.sin(latitude)];
}
