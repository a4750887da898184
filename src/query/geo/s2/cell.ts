import type { Vector } from '../vector.ts';
import { idAt, quartersOf, type CellId } from './cell-id.ts';
import {
  clampIndex,
  curve,
  edgeAt,
  faceOf,
  faceSize,
  finestLevel,
  fromFace,
  indexAt,
  normalized,
  toFace,
  turns,
} from './grid.ts';

/** Directions of `u` and `v` that have a part towards the poles, by face. */
const uToPole = [false, false, false, true, true, false];
const vToPole = [true, true, false, false, false, false];

/** A cell of the grid with its geometry. */
export class Cell {
  readonly id: CellId;
  readonly face: number;
  readonly level: number;
  /** The lower left cell of the finest level in it. */
  readonly i: number;
  readonly j: number;
  readonly #orientation: number;
  #corners: readonly [Vector, Vector, Vector, Vector] | undefined;

  private constructor(id: CellId, face: number, level: number, i: number, j: number, orientation: number) {
    this.id = id;
    this.face = face;
    this.level = level;
    this.i = i;
    this.j = j;
    this.#orientation = orientation;
  }

  /** A whole face of the cube. */
  static face(face: number): Cell {
    return new Cell(idAt(face, 0, 0, 0), face, 0, 0, 0, face & 1);
  }

  /** A cell of which only the geometry is wanted, by its lower left corner. */
  static corner(
    face: number,
    i: number,
    j: number,
    level: number,
  ): Pick<Cell, 'center' | 'corners' | 'contains'> {
    return new Cell(0n, face, level, i, j, 0);
  }

  /** The cell at a level that holds the cell (i, j) of the finest level. */
  static at(face: number, i: number, j: number, level: number): Cell {
    let cell = Cell.face(face);
    while (cell.level < level) {
      const shift = finestLevel - cell.level - 1;
      const ij = (((i >> shift) & 1) << 1) | ((j >> shift) & 1);
      cell = cell.quarters()[(curve[cell.#orientation] ?? curve[0]).indexOf(ij as 0)] as Cell;
    }
    return cell;
  }

  /** The cell at a level in which a point lies. */
  static of(point: Vector, level = finestLevel): Cell {
    const face = faceOf(point);
    const { u, v } = toFace(face, point);
    return Cell.at(face, indexAt(u), indexAt(v), level);
  }

  /** Cells of the finest level along an edge. */
  get size(): number {
    return faceSize / 2 ** this.level;
  }

  /** The bounds on the face. */
  get bounds(): { u: readonly [number, number]; v: readonly [number, number] } {
    const { i, j, size } = this;
    return { u: [edgeAt(i), edgeAt(i + size)], v: [edgeAt(j), edgeAt(j + size)] };
  }

  /** The corners, against the clock. */
  get corners(): readonly [Vector, Vector, Vector, Vector] {
    if (this.#corners === undefined) {
      const { u, v } = this.bounds;
      const at = (x: number, y: number): Vector => normalized(fromFace(this.face, x, y));
      this.#corners = [at(u[0], v[0]), at(u[1], v[0]), at(u[1], v[1]), at(u[0], v[1])];
    }
    return this.#corners;
  }

  get center(): Vector {
    const half = this.size / 2;
    return normalized(fromFace(this.face, edgeAt(this.i + half), edgeAt(this.j + half)));
  }

  /** The four cells into which it is divided, in the order of the curve. */
  quarters(): Cell[] {
    const half = this.size / 2;
    const ids = quartersOf(this.id);
    return (curve[this.#orientation] ?? curve[0]).map((ij, position) => {
      const i = this.i + (ij >> 1) * half;
      const j = this.j + (ij & 1) * half;
      const orientation = this.#orientation ^ (turns[position] as number);
      return new Cell(ids[position] as CellId, this.face, this.level + 1, i, j, orientation);
    });
  }

  /** Whether a point lies in the cell or on its edge. */
  contains(point: Vector): boolean {
    const axis = point[this.face % 3] as number;
    if (this.face < 3 ? axis <= 0 : axis >= 0) return false;
    const { u, v } = toFace(this.face, point);
    const { bounds } = this;
    return u >= bounds.u[0] && u <= bounds.u[1] && v >= bounds.v[0] && v <= bounds.v[1];
  }

  /** The two corners between which its latitudes lie, and those between which its longitudes lie; not for whole faces. */
  extremes(): { latitude: [Vector, Vector]; longitude: [Vector, Vector] } {
    const { u, v } = this.bounds;
    const [su, sv] = [u[0] + u[1], v[0] + v[1]];
    const i = Number(uToPole[this.face] === true ? su > 0 : su < 0);
    const j = Number(vToPole[this.face] === true ? sv > 0 : sv < 0);
    const at = (a: number, b: number): Vector => fromFace(this.face, u[a] as number, v[b] as number);
    return {
      latitude: [at(i, j), at(1 - i, 1 - j)],
      longitude: [at(i, 1 - j), at(1 - i, j)],
    };
  }
}

/** The three or four cells of a level around that corner of the level's grid that is nearest to a point. */
export function cellsAround(point: Vector, level: number): Cell[] {
  const face = faceOf(point);
  const { u, v } = toFace(face, point);
  const i = indexAt(u);
  const j = indexAt(v);
  const size = faceSize / 2 ** level;
  const stepI = (i & (size / 2)) === 0 ? -size : size;
  const stepJ = (j & (size / 2)) === 0 ? -size : size;
  const onFace = (index: number): boolean => index >= 0 && index < faceSize;
  const sameI = onFace(i + stepI);
  const sameJ = onFace(j + stepJ);
  const cell = (a: number, b: number, same: boolean): Cell =>
    same ? Cell.at(face, a, b, level) : beyondEdge(face, a, b, level);
  const around = [Cell.at(face, i, j, level), cell(i + stepI, j, sameI), cell(i, j + stepJ, sameJ)];
  // At a corner of the cube only three cells meet.
  if (sameI || sameJ) around.push(cell(i + stepI, j + stepJ, sameI && sameJ));
  return around;
}

/** A cell whose `i` or `j` is off its face: it lies on the next one. */
function beyondEdge(face: number, i: number, j: number, level: number): Cell {
  const along = (index: number): number => {
    const clamped = Math.max(-1, Math.min(faceSize, index));
    return (1 / faceSize) * (2 * clamped + 1 - faceSize);
  };
  const point = fromFace(face, along(i), along(j));
  const other = faceOf(point);
  const { u, v } = toFace(other, point);
  return Cell.at(other, clampIndex(0.5 * (u + 1)), clampIndex(0.5 * (v + 1)), level);
}
