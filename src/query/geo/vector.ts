/** A point on the unit sphere. */
export type Vector = readonly [number, number, number];

/** The radius by which mongod turns metres into radians. */
export const earthRadiusMetres = 6_378_100;

/**
 * Angles below this count as touching: the size of a leaf cell of the S2 grid (about a centimetre), by which mongod
 * decides about points on an edge.
 */
export const touching = 1.5e-9;

const degree = Math.PI / 180;

/** From longitude and latitude in degrees, rounded as mongod rounds: the last bit can decide about a cell of an index. */
export function vectorOf(longitude: number, latitude: number): Vector {
  const phi = latitude * degree;
  const theta = longitude * degree;
  const cosPhi = Math.cos(phi);
  return [Math.cos(theta) * cosPhi, Math.sin(theta) * cosPhi, Math.sin(phi)];
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function length(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** `a` with length 1; `a` must not be zero. */
export function unit(a: Vector): Vector {
  const size = length(a);
  return [a[0] / size, a[1] / size, a[2] / size];
}

/** The point at part `t` (0 to 1) of the chord between a and b, on the sphere. */
export function between(a: Vector, b: Vector, t: number): Vector {
  return unit([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]);
}

/** Radians. */
export function angle(a: Vector, b: Vector): number {
  return Math.atan2(length(cross(a, b)), dot(a, b));
}

/** Radians from a point to the shorter great circle arc between a and b. */
export function angleToArc(point: Vector, a: Vector, b: Vector): number {
  const normal = cross(a, b);
  const size = length(normal);
  if (size > 0 && dot(cross(normal, a), point) > 0 && dot(cross(b, normal), point) > 0) {
    return Math.abs(Math.asin(Math.max(-1, Math.min(1, dot(normal, point) / size))));
  }
  return Math.min(angle(point, a), angle(point, b));
}
