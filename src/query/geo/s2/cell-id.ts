import type { Vector } from '../vector.ts';
import { curve, faceOf, finestLevel, indexAt, toFace, turns } from './grid.ts';

/**
 * The 64-bit number of a cell: three bits for the face, two for each level's place on the curve, then a 1 and zeros. The numbers of all
 * cells within it lie around it.
 */
export type CellId = bigint;

/** The position on the curve of each quarter, by orientation and `ij`. */
const positions = curve.map((order) => [0, 1, 2, 3].map((ij) => order.indexOf(ij as 0)));

/** The cell at a level that holds the cell (i, j) of the finest level. */
export function idAt(face: number, i: number, j: number, level = finestLevel): CellId {
  let orientation = face & 1;
  let high = 0;
  let low = 0;
  for (let at = 1; at <= level; at++) {
    const shift = finestLevel - at;
    const ij = (((i >> shift) & 1) << 1) | ((j >> shift) & 1);
    const position = positions[orientation]?.[ij] ?? 0;
    orientation ^= turns[position] as number;
    if (at <= 15) high = high * 4 + position;
    else low = low * 4 + position;
  }
  const places = Math.min(level, 15);
  const path = level <= 15 ? BigInt(high) : (BigInt(high) << BigInt(2 * (level - places))) | BigInt(low);
  const rest = 2n * BigInt(finestLevel - level);
  return (BigInt(face) << 61n) | (((path << 1n) | 1n) << rest);
}

/** The cell at a level in which a point lies. */
export function idOf(point: Vector, level = finestLevel): CellId {
  const face = faceOf(point);
  const { u, v } = toFace(face, point);
  return idAt(face, indexAt(u), indexAt(v), level);
}

function lowestBit(id: CellId): bigint {
  return id & -id;
}

/** The ids of the first and the last cell of the finest level within a cell. */
export function idRange(id: CellId): { first: CellId; last: CellId } {
  const bit = lowestBit(id) - 1n;
  return { first: id - bit, last: id + bit };
}

export function levelOf(id: CellId): number {
  let level = finestLevel;
  for (let bit = lowestBit(id); bit > 1n; bit >>= 2n) level--;
  return level;
}

/** The cell at a coarser level that holds a cell. */
export function parentOf(id: CellId, level: number): CellId {
  const bit = 1n << BigInt(2 * (finestLevel - level));
  return (id & -bit) | bit;
}

/** The four cells into which a cell is divided, in the order of the curve. */
export function quartersOf(id: CellId): CellId[] {
  const bit = lowestBit(id) >> 2n;
  const first = id - 3n * bit;
  return [first, first + 2n * bit, first + 4n * bit, first + 6n * bit];
}

/** The text by which indexes of version 1 and 2 name a cell: its face, an `f`, and the place at each level. */
export function textOf(id: CellId): string {
  const level = levelOf(id);
  let text = `${id >> 61n}f`;
  for (let at = 1; at <= level; at++) text += String((id >> BigInt(2 * (finestLevel - at) + 1)) & 3n);
  return text;
}

/** Where a cell lies: the lower left cell of the finest level in it. */
export function placeOf(id: CellId): { face: number; i: number; j: number; level: number } {
  const face = Number(id >> 61n);
  const level = levelOf(id);
  const high = Number((id >> 31n) & 0x3fffffffn);
  const low = Number((id >> 1n) & 0x3fffffffn);
  let orientation = face & 1;
  let [i, j] = [0, 0];
  for (let at = 1; at <= level; at++) {
    const position = at <= 15 ? (high >> (30 - 2 * at)) & 3 : (low >> (60 - 2 * at)) & 3;
    const ij = (curve[orientation] ?? curve[0])[position] as number;
    orientation ^= turns[position] as number;
    i |= (ij >> 1) << (finestLevel - at);
    j |= (ij & 1) << (finestLevel - at);
  }
  return { face, i, j, level };
}

/** The cell that an index of version 1 or 2 names. */
export function idOfText(text: string): CellId {
  const level = text.length - 2;
  let id = BigInt(text.slice(0, 1));
  for (const position of text.slice(2)) id = (id << 2n) | BigInt(position);
  return ((id << 1n) | 1n) << BigInt(2 * (finestLevel - level));
}
