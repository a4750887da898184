import { cross, dot, length, type Vector } from '../vector.ts';
import {
  boundsOfCell,
  boundsOfChain,
  everywhere,
  hold,
  holdPoint,
  isWhole,
  join,
  meet,
  type Bounds,
} from './bounds.ts';
import type { Cell } from './cell.ts';
import { normalized } from './grid.ts';
import { allLongitudes, isAll, lengthOf } from './longitudes.ts';
import { aside, countsAsCrossing, crossing, inOrder, orientation, same, stableCross } from './orientation.ts';

/** A point that is inside or outside of every loop: whether others are is counted from here. */
const origin = normalized([0.00457, 1, 0.0321]);

const cellLoops = new WeakMap<Cell, Loop>();

/** What two loops have in common at a corner that both have. */
type AtCorner = (a0: Vector, corner: Vector, a2: Vector, b0: Vector, b2: Vector) => boolean;

/**
 * A closed ring of arcs with its inside at the left, by S2's rules for points on its edges, on which the cells of an index depend. Ring
 * adds the tolerance by which documents are compared with queries.
 */
export class Loop {
  readonly vertices: readonly Vector[];
  readonly #hasOrigin: boolean;
  readonly bounds: Bounds;

  constructor(vertices: readonly Vector[]) {
    this.vertices = vertices;
    this.bounds = everywhere;
    this.#hasOrigin = false;
    const [first, second, third] = [this.#at(0), this.#at(1), this.#at(2)];
    this.#hasOrigin = inOrder(aside(second), first, third, second) !== this.has(second);
    this.bounds = this.#measure();
  }

  /** The loop turned so that it encloses no more than half of the sphere. */
  static smaller(vertices: readonly Vector[]): Loop {
    const loop = new Loop(vertices);
    if (lengthOf(loop.bounds.longitudes) < Math.PI || loop.#turning() >= -1e-14) return loop;
    return new Loop(vertices.toReversed());
  }

  /** The edge of a cell; a cell is asked about several times. */
  static ofCell(cell: Cell): Loop {
    let loop = cellLoops.get(cell);
    if (loop === undefined) {
      loop = new Loop(cell.corners);
      cellLoops.set(cell, loop);
    }
    return loop;
  }

  #at(index: number): Vector {
    return this.vertices[index % this.vertices.length] as Vector;
  }

  #measure(): Bounds {
    const { south, north, longitudes } = boundsOfChain([...this.vertices, this.#at(0)]);
    const measured: Bounds = { south, north, longitudes };
    if (this.has([0, 0, 1])) {
      measured.north = Math.PI / 2;
      measured.longitudes = allLongitudes;
    }
    if (isAll(measured.longitudes) && this.has([0, 0, -1])) measured.south = -Math.PI / 2;
    return measured;
  }

  /** The sum of the turns at the corners: positive if the inside is smaller than half of the sphere. */
  #turning(): number {
    const count = this.vertices.length;
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const [a, b, c] = [this.#at(at + count - 1), this.#at(at), this.#at(at + 1)];
      const [before, after] = [stableCross(b, a), stableCross(c, b)];
      const turn = Math.atan2(length(cross(before, after)), dot(before, after));
      sum += orientation(a, b, c) > 0 ? turn : -turn;
    }
    return sum;
  }

  /** Whether a point is inside. */
  has(point: Vector): boolean {
    if (!holdPoint(this.bounds, point)) return false;
    const arc = cross(origin, point);
    let inside = this.#hasOrigin;
    for (let at = 0; at < this.vertices.length; at++) {
      if (countsAsCrossing(origin, point, this.#at(at), this.#at(at + 1), arc)) inside = !inside;
    }
    return inside;
  }

  /** Whether a point is inside and no corner. */
  #hasOther(point: Vector): boolean {
    return this.has(point) && !this.#hasCorner(point);
  }

  #hasCorner(point: Vector): boolean {
    return this.vertices.some((vertex) => same(vertex, point));
  }

  /** Whether an arc of the one crosses an arc of the other, or what is true of a corner that both have. */
  #meets(other: Loop, atCorner: AtCorner): boolean {
    for (let j = 0; j < other.vertices.length; j++) {
      const [c, d] = [other.#at(j), other.#at(j + 1)];
      const cd = cross(c, d);
      for (let i = 0; i < this.vertices.length; i++) {
        const [a, b] = [this.#at(i), this.#at(i + 1)];
        const met = crossing(c, d, a, b, cd);
        if (met > 0) return true;
        if (met === 0 && same(b, d) && atCorner(a, b, this.#at(i + 2), c, other.#at(j + 2))) return true;
      }
    }
    return false;
  }

  contains(other: Loop): boolean {
    const first = other.#at(0);
    if (!hold(this.bounds, other.bounds)) return false;
    if (!this.has(first) && !this.#hasCorner(first)) return false;
    const leaves: AtCorner = (a0, o, a2, b0, b2) => !(inOrder(a2, b2, b0, o) && inOrder(b0, a0, a2, o));
    if (this.#meets(other, leaves)) return false;
    return !(isWhole(join(this.bounds, other.bounds)) && other.#hasOther(this.#at(0)));
  }

  /** Whether their insides have a point in common. */
  intersects(other: Loop): boolean {
    if (!meet(this.bounds, other.bounds)) return false;
    if (this.#hasOther(other.#at(0))) return true;
    const overlaps: AtCorner = (a0, o, a2, b0, b2) => !(inOrder(a0, b2, b0, o) && inOrder(b0, a2, a0, o));
    if (this.#meets(other, overlaps)) return true;
    return hold(other.bounds, this.bounds) && other.#hasOther(this.#at(0));
  }

  /** Contains the other (1), crosses it (-1), or neither (0). */
  containsOrCrosses(other: Loop): number {
    if (!meet(this.bounds, other.bounds)) return 0;
    let [wider, narrower, apart] = [false, false, false];
    const overlaps: AtCorner = (a0, o, a2, b0, b2) => {
      const relation = cornerRelation(a0, o, a2, b0, b2);
      wider ||= relation === 'wider';
      narrower ||= relation === 'narrower';
      apart ||= relation === 'apart';
      return relation === 'overlaps' || (wider && narrower);
    };
    if (this.#meets(other, overlaps)) return -1;
    const first = other.#at(0);
    if (apart || narrower || !hold(this.bounds, other.bounds)) return 0;
    return this.has(first) || this.#hasCorner(first) ? 1 : 0;
  }

  /** Whether a cell lies inside. */
  containsCell(cell: Cell): boolean {
    return holdPoint(this.bounds, cell.center) && this.contains(Loop.ofCell(cell));
  }

  /** Whether a cell has a point inside. */
  meetsCell(cell: Cell): boolean {
    return meet(this.bounds, boundsOfCell(cell)) && this.intersects(Loop.ofCell(cell));
  }
}

function cornerRelation(
  a0: Vector,
  o: Vector,
  a2: Vector,
  b0: Vector,
  b2: Vector,
): 'same' | 'wider' | 'narrower' | 'overlaps' | 'apart' {
  if (same(a0, b0) && same(a2, b2)) return 'same';
  if (inOrder(a0, a2, b2, o)) {
    if (inOrder(b2, b0, a0, o)) return 'wider';
    return same(a2, b2) ? 'narrower' : 'overlaps';
  }
  if (inOrder(a0, b0, b2, o)) return 'narrower';
  return inOrder(a0, b0, a2, o) ? 'apart' : 'overlaps';
}
