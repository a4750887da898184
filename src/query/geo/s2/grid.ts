import type { Vector } from '../vector.ts';

/**
 * The grid of S2 (github.com/google/s2geometry, in its version of 2011, which mongod uses): the sphere is projected on the
 * six faces of a cube, and each face divided into four cells 30 times. Coordinates on a face are `u` and `v` from -1 to 1, stretched so
 * that cells have about the same size, or `i` and `j`, counted in cells of the finest level.
 */
export const finestLevel = 30;

/** Cells of the finest level along an edge of a face. */
export const faceSize = 2 ** finestLevel;

/** The face on which a point lies, and where. */
export function faceOf(p: Vector): number {
  const [x, y, z] = [Math.abs(p[0]), Math.abs(p[1]), Math.abs(p[2])];
  const axis = x > y ? (x > z ? 0 : 2) : y > z ? 1 : 2;
  return p[axis] < 0 ? axis + 3 : axis;
}

/** Projects a point on a face that it is in front of. */
export function toFace(face: number, [x, y, z]: Vector): { u: number; v: number } {
  switch (face) {
    case 0:
      return { u: y / x, v: z / x };
    case 1:
      return { u: -x / y, v: z / y };
    case 2:
      return { u: -x / z, v: -y / z };
    case 3:
      return { u: z / x, v: y / x };
    case 4:
      return { u: z / y, v: -x / y };
    default:
      return { u: -y / z, v: -x / z };
  }
}

/** The point of a face, not yet on the sphere. */
export function fromFace(face: number, u: number, v: number): Vector {
  switch (face) {
    case 0:
      return [1, u, v];
    case 1:
      return [-u, 1, v];
    case 2:
      return [-u, -v, 1];
    case 3:
      return [-1, -v, -u];
    case 4:
      return [v, -1, -u];
    default:
      return [v, u, -1];
  }
}

/** `u` or `v` of the lower edge of cell `index`. */
export function edgeAt(index: number): number {
  const s = index / faceSize;
  return s >= 0.5 ? (1 / 3) * (4 * s * s - 1) : (1 / 3) * (1 - 4 * (1 - s) * (1 - s));
}

/** The cell of the finest level in which `u` or `v` lies. */
export function indexAt(u: number): number {
  return clampIndex(u >= 0 ? 0.5 * Math.sqrt(1 + 3 * u) : 1 - 0.5 * Math.sqrt(1 - 3 * u));
}

/** The same for a place from 0 to 1 along the edge. */
export function clampIndex(s: number): number {
  return Math.max(0, Math.min(faceSize - 1, roundHalfEven(faceSize * s - 0.5)));
}

/** As the processor rounds: a half goes to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const part = value - floor;
  return part > 0.5 || (part === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** `p` with length 1, rounded as S2 does. */
export function normalized(p: Vector): Vector {
  const norm = Math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
  const factor = norm === 0 ? 0 : 1 / norm;
  return [p[0] * factor, p[1] * factor, p[2] * factor];
}

/** The order in which the curve visits the quarters of a cell: `ij` by orientation and position. */
export const curve = [
  [0, 1, 3, 2],
  [0, 2, 3, 1],
  [3, 2, 0, 1],
  [3, 1, 0, 2],
] as const;

/** How the orientation of a quarter differs from its cell's, by position. */
export const turns = [1, 0, 0, 3] as const;
