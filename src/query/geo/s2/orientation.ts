import { cross, dot, type Vector } from '../vector.ts';
import { normalized } from './grid.ts';

/** Determinants nearer to zero than this may have the wrong sign. */
const uncertain = 0.8e-15;

export function same(a: Vector, b: Vector): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}

/**
 * Whether three points are in order against the clock (1), with it (-1), or two of them are the same (0). Three points on a great circle are
 * put in the order that S2 gives them, since the cells of an index depend on it.
 */
export function orientation(a: Vector, b: Vector, c: Vector, ab: Vector = cross(a, b)): number {
  const det = dot(ab, c);
  if (det > uncertain) return 1;
  if (det < -uncertain) return -1;
  return carefully(a, b, c);
}

function add(a: Vector, b: Vector, factor: number): Vector {
  return [a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]];
}

function before(a: Vector, b: Vector): boolean {
  for (let at = 0; at < 3; at++) {
    const [x, y] = [a[at] as number, b[at] as number];
    if (x !== y) return x < y;
  }
  return false;
}

/** From the differences of the points, which keep more digits where points are near each other or nearly opposite. */
function carefully(a: Vector, b: Vector, c: Vector): number {
  if (same(a, b) || same(b, c) || same(c, a)) return 0;
  const [sab, sbc, sca] = [-signOf(dot(a, b)), -signOf(dot(b, c)), -signOf(dot(c, a))];
  const [vab, vbc, vca] = [add(a, b, sab), add(b, c, sbc), add(c, a, sca)];
  const [dab, dbc, dca] = [dot(vab, vab), dot(vbc, vbc), dot(vca, vca)];
  // The corner opposite the longest side is the origin.
  const atC = (): number => dot(cross(vca, vbc), c) * sca;
  let det: number;
  if (dca < dbc || (dca === dbc && before(a, b))) {
    det = dab < dbc || (dab === dbc && before(a, c)) ? dot(cross(vab, vca), a) * sab : atC();
  } else {
    det = dab < dca || (dab === dca && before(b, c)) ? dot(cross(vbc, vab), b) * sbc : atC();
  }
  if (det !== 0) return Math.sign(det);
  for (const [x, y] of [
    [1, 2],
    [2, 0],
    [0, 1],
  ] as const) {
    const order = planarOrder([a[x], a[y]], [b[x], b[y]], [c[x], c[y]]);
    if (order !== 0) return order;
  }
  return 0;
}

function signOf(value: number): number {
  return value > 0 ? 1 : -1;
}

type Pair = readonly [number, number];

function planarOrder(a: Pair, b: Pair, c: Pair): number {
  return Math.sign(planarTurn(a, b) + planarTurn(b, c) + planarTurn(c, a));
}

function planarTurn(a: Pair, b: Pair): number {
  const factor = -signOf(a[0] * b[0] + a[1] * b[1]);
  const difference: Pair = [a[0] + factor * b[0], a[1] + factor * b[1]];
  const da = a[0] * a[0] + a[1] * a[1];
  const db = b[0] * b[0] + b[1] * b[1];
  const first = da < db || (da === db && (a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])));
  const turn = first
    ? (a[0] * difference[1] - a[1] * difference[0]) * factor
    : difference[0] * b[1] - difference[1] * b[0];
  return Math.sign(turn);
}

/** Whether the directions from `o` to a, b and c come in this order against the clock; true if a and b, or b and c, are the same. */
export function inOrder(a: Vector, b: Vector, c: Vector, o: Vector): boolean {
  let sum = 0;
  if (orientation(b, o, a) >= 0) sum++;
  if (orientation(c, o, b) >= 0) sum++;
  if (orientation(a, o, c) > 0) sum++;
  return sum >= 2;
}

/** A fixed direction at a right angle to `a`. */
export function aside(a: Vector): Vector {
  const [x, y, z] = [Math.abs(a[0]), Math.abs(a[1]), Math.abs(a[2])];
  const largest = x > y ? (x > z ? 0 : 2) : y > z ? 1 : 2;
  const other: [number, number, number] = [0.012, 0.0053, 0.00457];
  other[(largest + 2) % 3] = 1;
  return normalized(cross(a, other));
}

/** The cross product, accurate for points that are near each other too; twice as long. */
export function stableCross(a: Vector, b: Vector): Vector {
  const product = cross(add(b, a, 1), add(b, a, -1));
  return product[0] === 0 && product[1] === 0 && product[2] === 0 ? aside(a) : product;
}

/** Whether the arcs ab and cd cross (1), do not (-1), or share an end (0). */
export function crossing(a: Vector, b: Vector, c: Vector, d: Vector, ab: Vector = cross(a, b)): number {
  const acb = -orientation(a, b, c, ab);
  const bda = orientation(a, b, d, ab);
  if (bda === -acb && bda !== 0) return -1;
  if (bda === 0 || acb === 0) return 0;
  const cd = cross(c, d);
  if (-orientation(c, d, b, cd) !== acb) return -1;
  return orientation(c, d, a, cd) === acb ? 1 : -1;
}

/** Whether arcs cross so that counting tells inside from outside: of those that share an end, one counts and one does not. */
export function countsAsCrossing(a: Vector, b: Vector, c: Vector, d: Vector, ab?: Vector): boolean {
  const met = crossing(a, b, c, d, ab);
  if (met !== 0) return met > 0;
  if (same(a, b) || same(c, d)) return false;
  if (same(a, d)) return inOrder(aside(a), c, b, a);
  if (same(b, c)) return inOrder(aside(b), d, a, b);
  if (same(a, c)) return inOrder(aside(a), d, b, a);
  if (same(b, d)) return inOrder(aside(b), c, a, b);
  return false;
}
