import { radiusOf } from './bounds.ts';
import { Cell, cellsAround } from './cell.ts';
import { idRange, levelOf, parentOf, quartersOf, type CellId } from './cell-id.ts';
import { finestLevel } from './grid.ts';
import { PriorityQueue } from './priority-queue.ts';
import type { Region } from './region.ts';

export interface CoveringOptions {
  /** The coarsest and the finest level of cells. */
  coarsest: number;
  finest: number;
  /** How many cells are wanted at most; there may be more. */
  cells: number;
}

interface Candidate {
  cell: Cell;
  /** Empty if the cell is not to be divided. */
  quarters: Candidate[];
  isWhole: boolean;
}

/**
 * Cells that cover a region, in ascending order: the same ones that S2's region coverer of 2011 finds, which mongod puts into
 * its indexes.
 */
export function coveringOf(region: Region, options: CoveringOptions): CellId[] {
  const { coarsest, finest, cells } = options;
  const queue = new PriorityQueue<Candidate>();
  const found: CellId[] = [];

  const candidateFor = (cell: Cell): Candidate | undefined => {
    if (!region.meets(cell)) return undefined;
    const isWhole = cell.level >= coarsest && (cell.level + 1 > finest || region.contains(cell));
    return { cell, quarters: [], isWhole };
  };
  const add = (candidate: Candidate | undefined): void => {
    if (candidate === undefined) return;
    const { cell } = candidate;
    if (!candidate.isWhole) {
      candidate.quarters = cell.quarters().flatMap((quarter) => candidateFor(quarter) ?? []);
      const whole = candidate.quarters.filter(({ isWhole }) => isWhole).length;
      if (candidate.quarters.length === 0) return;
      if (whole < 4 || cell.level < coarsest) {
        // Larger cells first, then those with fewer quarters, then those with fewer that cannot be divided further.
        queue.push(-(((cell.level << 2) + candidate.quarters.length) * 4 + whole), candidate);
        return;
      }
    }
    found.push(cell.id);
  };

  for (const cell of firstCells(region, options)) add(candidateFor(cell));
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { cell, quarters } = next;
    const fits = found.length + queue.size + quarters.length <= cells;
    if (cell.level < coarsest || quarters.length === 1 || fits) quarters.forEach(add);
    else found.push(cell.id);
  }
  return atLeastLevel(merged(found), coarsest);
}

/** Up to four cells that cover the region's cap; the whole faces for one that is too large for that. */
function firstCells(region: Region, { cells, finest }: CoveringOptions): Cell[] {
  if (cells >= 4) {
    const cap = region.cap();
    const level = Math.min(levelOfWidth(2 * radiusOf(cap)), finest, finestLevel - 1);
    if (level > 0) return cellsAround(cap.axis, level);
  }
  return [0, 1, 2, 3, 4, 5].map((face) => Cell.face(face));
}

const leastWidth = (2 * Math.SQRT2) / 3;
const averageEdge = 1.459213746386106062;

/** The finest level whose cells are all at least so wide, in radians. */
function levelOfWidth(width: number): number {
  if (width <= 0) return finestLevel;
  return clampLevel(Math.floor(Math.log2(leastWidth / width)));
}

/** The level whose cells have edges nearest to a length in radians, on average. */
export function levelOfEdge(length: number): number {
  return clampLevel(Math.ceil(Math.log2(averageEdge / (Math.SQRT2 * length))));
}

function clampLevel(level: number): number {
  return Math.max(0, Math.min(finestLevel, level));
}

/** Sorted, without cells within others, and with four quarters as one cell. */
function merged(cells: readonly CellId[]): CellId[] {
  const result: CellId[] = [];
  for (const each of [...cells].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const last = result.at(-1);
    if (last !== undefined && holds(last, each)) continue;
    let id = each;
    while (result.length > 0 && holds(id, result.at(-1) as CellId)) result.pop();
    for (let level = levelOf(id); level > 0; level--) {
      const parent = parentOf(id, level - 1);
      const quarters = quartersOf(parent);
      if (id !== quarters[3] || !quarters.slice(0, 3).every((quarter, i) => result.at(i - 3) === quarter))
        break;
      result.length -= 3;
      id = parent;
    }
    result.push(id);
  }
  return result;
}

function holds(outer: CellId, inner: CellId): boolean {
  const { first, last } = idRange(outer);
  return inner >= first && inner <= last;
}

function atLeastLevel(cells: readonly CellId[], level: number): CellId[] {
  return cells.flatMap((id) => (levelOf(id) < level ? atLeastLevel(quartersOf(id), level) : [id]));
}
