import { compareKeys } from './bytes.ts';
import { compareEntry, isDeletion, lowerBound, sequenceOf, valueOf, type Entries } from './data-block.ts';
import type { Version } from './manifest.ts';
import type { Tables } from './tables.ts';
import type { TableFile } from './version-edit.ts';

interface Found {
  entries: Entries;
  at: number;
}

/**
 * The value of a user key: the newest entry of all levels and the memtable, undefined if there is none or it is a
 * deletion. All tables that may hold the key are asked at once, so that a lookup costs as many round trips as one table.
 */
export async function lookUp(
  key: Buffer,
  version: Version,
  memtable: Entries,
  tables: Tables,
): Promise<Buffer | undefined> {
  const inMemory = find(memtable, key);
  const inTables = await Promise.all(candidates(version, key).map((file) => findInTable(tables, file, key)));
  let newest: Found | undefined;
  for (const found of [inMemory, ...inTables]) {
    if (!found) continue;
    if (!newest || sequenceOf(found.entries, found.at) > sequenceOf(newest.entries, newest.at))
      newest = found;
  }
  if (!newest || isDeletion(newest.entries, newest.at)) return undefined;
  return valueOf(newest.entries, newest.at);
}

/** The first file of a sorted level whose largest user key is at or after `key`; the level's length if none is. */
export function fileAtOrAfter(level: TableFile[], key: Uint8Array): number {
  let low = 0;
  let high = level.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const file = level[middle];
    if (file && compareKeys(file.largest, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function candidates(version: Version, key: Buffer): TableFile[] {
  const files: TableFile[] = [];
  version.levels.forEach((level, i) => {
    // Where two files of a level meet in one user key, the first has its newest version.
    const possible = i === 0 ? level : [level[fileAtOrAfter(level, key)]];
    for (const file of possible) {
      if (file && compareKeys(file.smallest, key) <= 0 && compareKeys(key, file.largest) <= 0)
        files.push(file);
    }
  });
  return files;
}

async function findInTable(tables: Tables, file: TableFile, key: Buffer): Promise<Found | undefined> {
  const table = tables.peek(file.number) ?? (await tables.open(file.number));
  if (!(await tables.mayContain(table, key))) return undefined;
  for (let i = table.index.find(key); i < table.index.count; i++) {
    const entries = tables.peekBlock(table, i) ?? (await tables.block(table, i));
    const found = find(entries, key);
    // A separator may equal the first key of the next block.
    if (found || compareKeys(table.index.key(i), key) !== 0) return found;
  }
  return undefined;
}

function find(entries: Entries, key: Buffer): Found | undefined {
  const at = lowerBound(entries, key);
  return at < entries.count && compareEntry(entries, at, key) === 0 ? { entries, at } : undefined;
}
