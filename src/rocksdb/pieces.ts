import { compareKeys } from './bytes.ts';
import type { Entries } from './data-block.ts';
import type { Version } from './manifest.ts';
import { approximateSize, filesIn, splitPoints } from './sizes.ts';
import type { Tables } from './tables.ts';

/** Keys from `lower` (inclusive) to `upper` (exclusive). */
export interface Piece {
  lower: Buffer;
  upper: Buffer;
}

const zero = Buffer.alloc(1);

/** See `Database.pieces`. */
export async function* pieces(
  version: Version,
  memtable: Entries,
  tables: Tables,
  range: Piece,
  bytes: number,
): AsyncGenerator<Piece> {
  let { lower } = range;
  for (const upper of stretchEnds(version, range, bytes)) {
    const stretch = { lower, upper };
    const size = await approximateSize(version, memtable, tables, stretch);
    for (const point of await splitPoints(version, tables, stretch, Math.ceil(size / bytes))) {
      // The key ends a block, and the block after it is where the next piece is to begin.
      const end = Buffer.concat([point, zero]);
      if (compareKeys(end, upper) >= 0) continue;
      yield { lower, upper: end };
      lower = end;
    }
    yield { lower, upper };
    lower = upper;
  }
}

/** Where to cut a range first: at the ends of files of its largest level, so that few tables need be open at once. */
function* stretchEnds(version: Version, range: Piece, bytes: number): Generator<Buffer> {
  const levels = version.levels.slice(1).map((level, i) => filesIn(level, i + 1, range));
  const sizes = levels.map((files) => files.reduce((sum, { size }) => sum + size, 0));
  const largest = levels[sizes.indexOf(Math.max(...sizes))] ?? [];
  let passed = 0;
  for (const file of largest.slice(0, -1)) {
    passed += file.size;
    if (passed < bytes) continue;
    passed = 0;
    yield Buffer.concat([file.largest, zero]);
  }
  yield range.upper;
}
