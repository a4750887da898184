import type { Box, FlatRegion } from './flat-region.ts';

/** The grid of a 2d index: a square from `min` to `max` on both axes, divided into four `bits` times. */
export interface FlatGrid {
  min: number;
  max: number;
  bits: number;
}

/** A square of the grid: column and row at its level. */
export interface FlatCell {
  column: number;
  row: number;
  level: number;
}

/** Hashes have 32 bits an axis: a place may be rounded into the next one. */
const roundings = 2 ** -31;

/** The box of a square, wider by what rounding may do. */
export function boxOfCell({ min, max }: FlatGrid, { column, row, level }: FlatCell): Box {
  const size = (max - min) / 2 ** level;
  const margin = (max - min) * roundings;
  return {
    min: { x: min + column * size - margin, y: min + row * size - margin },
    max: { x: min + (column + 1) * size + margin, y: min + (row + 1) * size + margin },
  };
}

/** Squares that cover a region, no more than `most`. */
export function flatCovering(region: FlatRegion, grid: FlatGrid, most: number): FlatCell[] {
  const found: FlatCell[] = [];
  let waiting: FlatCell[] = [{ column: 0, row: 0, level: 0 }].filter((cell) =>
    region.meets(boxOfCell(grid, cell)),
  );
  // Level by level: the largest squares are divided first.
  for (let cell = waiting[0]; cell; cell = waiting[0]) {
    waiting = waiting.slice(1);
    if (cell.level >= grid.bits || region.contains(boxOfCell(grid, cell))) {
      found.push(cell);
      continue;
    }
    const quarters = quartersOf(cell).filter((quarter) => region.meets(boxOfCell(grid, quarter)));
    if (found.length + waiting.length + quarters.length > most) found.push(cell);
    else waiting.push(...quarters);
  }
  return found;
}

function quartersOf({ column, row, level }: FlatCell): FlatCell[] {
  return [0, 1].flatMap((x) =>
    [0, 1].map((y) => ({ column: 2 * column + x, row: 2 * row + y, level: level + 1 })),
  );
}

/** The least and the greatest hash of a square: eight bytes with the bits of both axes, the column's first. */
export function hashesOf({ column, row, level }: FlatCell): { first: Buffer; last: Buffer } {
  const first = Buffer.alloc(8);
  const last = Buffer.alloc(8, 0xff);
  for (let at = 0; at < level; at++) {
    // Columns have up to 32 bits: no bit operations on signed numbers.
    const bit = (index: number): number => Math.floor(index / 2 ** (level - 1 - at)) % 2;
    put(first, 2 * at, bit(column));
    put(first, 2 * at + 1, bit(row));
    put(last, 2 * at, bit(column));
    put(last, 2 * at + 1, bit(row));
  }
  return { first, last };
}

function put(bytes: Buffer, at: number, bit: number): void {
  const mask = 0x80 >> (at & 7);
  const byte = bytes[at >> 3] ?? 0;
  bytes[at >> 3] = bit === 1 ? byte | mask : byte & ~mask;
}

/** The square that a hash stands for, at the level of the grid's bits. */
export function cellOfHash(hash: Uint8Array, bits: number): FlatCell {
  let [column, row] = [0, 0];
  for (let at = 0; at < bits; at++) {
    const pair = ((hash[at >> 2] ?? 0) >> (6 - 2 * (at & 3))) & 3;
    column = column * 2 + (pair >> 1);
    row = row * 2 + (pair & 1);
  }
  return { column, row, level: bits };
}
