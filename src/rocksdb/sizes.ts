import { compareKeys } from './bytes.ts';
import { lowerBound, stride, type Entries } from './data-block.ts';
import { fileAtOrAfter } from './lookup.ts';
import type { Version } from './manifest.ts';
import type { KeyRange } from './source.ts';
import type { Table } from './table.ts';
import type { Tables } from './tables.ts';
import type { TableFile } from './version-edit.ts';

/** The files of level `number` whose bounds touch a range of keys. */
export function filesIn(level: TableFile[], number: number, range: KeyRange): TableFile[] {
  if (number === 0) return level.filter((file) => touches(range, file));
  // A level may have thousands of files, and a query hundreds of scans.
  const from = range.lower ? fileAtOrAfter(level, range.lower) : 0;
  let to = range.upper ? fileAtOrAfter(level, range.upper) : level.length;
  for (let file = level[to]; file && to >= from && touches(range, file); file = level[to]) to++;
  return level.slice(from, to);
}

function touches({ lower, upper }: KeyRange, file: TableFile): boolean {
  return (
    (!lower || compareKeys(file.largest, lower) >= 0) && (!upper || compareKeys(file.smallest, upper) < 0)
  );
}

/** Bytes between two keys: whole files by their size, those that the bounds cut by their index. */
export async function approximateSize(
  version: Version,
  memtable: Entries,
  tables: Tables,
  range: KeyRange,
): Promise<number> {
  const sizes = await Promise.all(
    version.levels.flatMap((level, i) =>
      filesIn(level, i, range).map(async (file) => {
        if (contains(range, file)) return file.size;
        return sizeWithin(await tables.open(file.number), range);
      }),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0) + memorySize(memtable, range);
}

function contains({ lower, upper }: KeyRange, file: TableFile): boolean {
  return (
    (!lower || compareKeys(lower, file.smallest) <= 0) && (!upper || compareKeys(file.largest, upper) < 0)
  );
}

function sizeWithin(table: Table, range: KeyRange): number {
  const [first, end] = blocksWithin(table, range);
  if (first >= end) return 0;
  const { start, end: stop } = table.range(first, end);
  return stop - start;
}

function blocksWithin({ index }: Table, { lower, upper }: KeyRange): [number, number] {
  const first = lower ? index.find(lower) : 0;
  const end = upper ? Math.min(index.count, index.find(upper) + 1) : index.count;
  return [first, end];
}

function memorySize(memtable: Entries, { lower, upper }: KeyRange): number {
  const from = lower ? lowerBound(memtable, lower) : 0;
  const to = upper ? lowerBound(memtable, upper) : memtable.count;
  if (from >= to) return 0;
  const at = (i: number): number => memtable.positions[i] as number;
  const last = (to - 1) * stride;
  return at(last + 3) - at(from * stride + 2) + at(last + 1) - at(from * stride);
}

// More files than this divide a range finely enough by their bounds alone.
const enoughFiles = 8;

/** Keys that divide a range into parts of about equal bytes, over all levels. */
export async function splitPoints(
  version: Version,
  tables: Tables,
  range: KeyRange,
  parts: number,
): Promise<Buffer[]> {
  const files = version.levels.flatMap((level, i) => filesIn(level, i, range));
  const pieces =
    files.length > parts * enoughFiles
      ? files.map(({ largest, size }) => ({ key: largest, size }))
      : (await Promise.all(files.map(({ number }) => tables.open(number)))).flatMap((table) =>
          blockSizes(table, range),
        );
  pieces.sort((a, b) => compareKeys(a.key, b.key));
  const total = pieces.reduce((sum, { size }) => sum + size, 0);
  const points: Buffer[] = [];
  let passed = 0;
  for (const { key, size } of pieces) {
    passed += size;
    if (points.length + 1 >= parts) break;
    if (passed < (total * (points.length + 1)) / parts) continue;
    const last = points.at(-1) ?? range.lower;
    const isNew = !last || compareKeys(last, key) < 0;
    if (isNew && (!range.upper || compareKeys(key, range.upper) < 0)) points.push(Buffer.from(key));
  }
  return points;
}

function blockSizes(table: Table, range: KeyRange): { key: Buffer; size: number }[] {
  const [first, end] = blocksWithin(table, range);
  return Array.from({ length: Math.max(0, end - first) }, (_, i) => ({
    key: table.index.key(first + i),
    size: table.index.handle(first + i).size,
  }));
}
