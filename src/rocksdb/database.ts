import { compareKeys } from './bytes.ts';
import { Cursor } from './cursor.ts';
import { abortable } from '../base/abortable.ts';
import { damaged } from './damage.ts';
import { missing, readWhole, type DatabaseFiles } from './files.ts';
import type { Entries } from './data-block.ts';
import { LevelSource } from './level-source.ts';
import { lookUp } from './lookup.ts';
import { readManifest, type Version } from './manifest.ts';
import { approximateSize, filesIn, splitPoints } from './sizes.ts';
import { pieces, type Piece } from './pieces.ts';
import type { DatabaseSnapshot } from './snapshot.ts';
import { MemorySource, type KeyRange, type Source } from './source.ts';
import { tableName, tailRange } from './table.ts';
import { defaultCacheSizes, Tables, type CacheSizes } from './tables.ts';
import { logFiles, replay } from './wal.ts';

export interface OpenOptions {
  signal?: AbortSignal | undefined;
  /** Where WAL files are looked for, relative to the database; the first folder that has any counts. Default: [""]. */
  walDirectories?: string[] | undefined;
  /** End the replay of the WAL at damage, as a server does after a crash, and warn; otherwise that is engineDamaged. */
  endAtDamagedWal?: boolean | undefined;
  caches?: Partial<CacheSizes> | undefined;
}

export interface ScanOptions extends KeyRange {
  /** From the largest key down. */
  reverse?: boolean | undefined;
  /**
   * Bytes to fetch before they are needed, at most, over all levels. Default: 16 MiB. What is fetched starts small and
   * grows while the scan goes on.
   */
  readAhead?: number | undefined;
  /** The whole range will be read: start with the full read-ahead. */
  eager?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

const defaultReadAhead = 16 << 20;
const minReadAhead = 64 << 10;

/**
 * Opens a RocksDB database for reading: CURRENT, the MANIFEST and the live WAL files are read, SST files on first use
 * only, so that opening costs the same whatever their number.
 * Throws engineMissingFile, engineDamaged (naming file and offset) and engineUnsupported.
 */
export async function openDatabase(files: DatabaseFiles, options: OpenOptions = {}): Promise<Database> {
  const { signal } = options;
  const directories = options.walDirectories ?? [''];
  const found = directories.map((directory) => logFiles(files, directory));
  const logs = found.find((candidates) => candidates.length > 0) ?? [];
  // CURRENT tells which file is the MANIFEST, but there is hardly ever more than one: fetch both at once.
  for (const [name, size] of files.list()) {
    if (size > 0 && (/^MANIFEST-\d+$/.test(name) || logs.some((log) => log.name === name))) {
      files.prefetch(name, [{ start: 0, end: size }]);
    }
  }
  const current = await readWhole(files, 'CURRENT', { signal });
  const name = /^(MANIFEST-\d+)\n$/.exec(current.toString('latin1'))?.[1];
  if (name === undefined) throw damaged(files.describe('CURRENT'), 0, 'it does not name a MANIFEST');
  const version = readManifest(await readWhole(files, name, { signal }), files.describe(name));
  const unknown = checkTables(files, version);
  const live = logs.filter(({ number }) => number >= version.logNumber);
  const endAtDamage = options.endAtDamagedWal ?? false;
  const { memtable, warnings } = await replay(files, live, { endAtDamage, signal });
  const caches = { ...defaultCacheSizes, ...options.caches };
  return new Database(new Tables(files, caches), version, memtable.entries(), [...unknown, ...warnings]);
}

/** Throws unless all tables of the version are there; returns a warning if there are others. */
function checkTables(files: DatabaseFiles, version: Version): string[] {
  const sizes = files.list();
  const known = new Set<string>();
  for (const file of version.levels.flat()) {
    const name = tableName(file.number);
    const size = sizes.get(name);
    if (size === undefined) throw missing(files, name);
    if (size !== file.size) {
      const problem = `it has ${size} bytes, the MANIFEST says ${file.size}`;
      throw damaged(files.describe(name), Math.min(size, file.size), problem);
    }
    known.add(name);
  }
  // A MANIFEST that is cut off between two records looks complete: files that it does not know may give it away.
  const others = [...sizes.keys()].filter((name) => /^\d+\.sst$/.test(name) && !known.has(name));
  if (others.length === 0) return [];
  return [`the MANIFEST does not know ${others.length} of the SST files, such as ${others[0] ?? ''}`];
}

/** An open database: one immutable state, in which a key has one value or none. */
export class Database {
  /** What the user should know about the state that was opened, as sentences. */
  readonly warnings: readonly string[];
  readonly #tables: Tables;
  readonly #version: Version;
  readonly #memtable: Entries;

  /** Use `openDatabase`. */
  constructor(tables: Tables, version: Version, memtable: Entries, warnings: string[]) {
    this.#tables = tables;
    this.#version = version;
    this.#memtable = memtable;
    this.warnings = warnings;
  }

  /** The value of a key; possibly a view of a cached block, not to be written to. Throws as `getMany`. */
  get(key: Buffer, signal?: AbortSignal): Promise<Buffer | undefined> {
    signal?.throwIfAborted();
    return abortable(lookUp(key, this.#version, this.#memtable, this.#tables), signal);
  }

  /**
   * The values of keys, in their order, looked up all at once.
   * Throws engineDamaged, engineMissingFile, engineUnsupported and the store's errors.
   */
  getMany(keys: Buffer[], signal?: AbortSignal): Promise<(Buffer | undefined)[]> {
    signal?.throwIfAborted();
    const lookUps = keys.map((key) => lookUp(key, this.#version, this.#memtable, this.#tables));
    return abortable(Promise.all(lookUps), signal);
  }

  /** Reads a range of keys in order. Nothing is fetched before the cursor's first `next`. */
  scan(options: ScanOptions = {}): Cursor {
    const { lower, upper, reverse = false, signal } = options;
    const range = { lower, upper };
    if (lower && upper && compareKeys(lower, upper) >= 0) return new Cursor([], range, reverse, signal);
    const runs = this.#version.levels
      .flatMap((level, i) => {
        const files = filesIn(level, i, range);
        return i === 0 ? files.map((file) => [file]) : [files];
      })
      .filter((run) => run.length > 0);
    const bytes = runs.map((run) => run.reduce((sum, { size }) => sum + size, 0));
    const total = bytes.reduce((sum, size) => sum + size, 0);
    const readAhead = options.readAhead ?? defaultReadAhead;
    const sources: Source[] = runs.map((run, i) => {
      // Each level gets its share: a scan passes all of them in the same time.
      const share = Math.ceil((readAhead * (bytes[i] ?? 0)) / total);
      const max = Math.min(readAhead, Math.max(share, minReadAhead));
      const scan = { ...range, reverse, signal, readAhead: { max, eager: options.eager ?? false } };
      return new LevelSource(this.#tables, run, scan);
    });
    if (this.#memtable.count > 0) sources.unshift(new MemorySource(this.#memtable, range, reverse));
    return new Cursor(sources, range, reverse, signal);
  }

  /** Opens the tables that hold keys of the range (without one: all), in parallel. Failures show at first use. */
  async warm(range: KeyRange = {}): Promise<void> {
    const files = this.#version.levels.flatMap((level, i) => filesIn(level, i, range));
    for (const file of files) this.#tables.files.prefetch(tableName(file.number), [tailRange(file.size)]);
    await Promise.allSettled(files.map((file) => this.#tables.open(file.number)));
  }

  /** The smallest and the largest user key of each SST file, by the file's name, as the MANIFEST tells them. */
  tableBounds(): Map<string, { smallest: Buffer; largest: Buffer }> {
    return new Map(this.#version.levels.flat().map((file) => [tableName(file.number), file]));
  }

  /** Bytes of the tables' data blocks between two keys, about, compressed as they are; the memtable's as well. */
  approximateSize(range: KeyRange): Promise<number> {
    return approximateSize(this.#version, this.#memtable, this.#tables, range);
  }

  /** Up to `parts - 1` ascending keys within the range that divide it into parts of about equal size. */
  splitPoints(range: KeyRange, parts: number): Promise<Buffer[]> {
    return splitPoints(this.#version, this.#tables, range, parts);
  }

  /**
   * Divides a range into neighbouring ones of about so many stored bytes each. It opens the tables of a stretch when that is
   * reached, so that a range may be as large as it likes. Throws as `getMany`.
   */
  pieces(range: Piece, bytes: number): AsyncGenerator<Piece> {
    return pieces(this.#version, this.#memtable, this.#tables, range, bytes);
  }

  /** The state that was opened, for `openSnapshot`. */
  get snapshot(): DatabaseSnapshot {
    return { version: this.#version, memtable: this.#memtable };
  }

  /** Frees what is cached. The database is not used afterwards. */
  close(): void {
    this.#tables.clear();
  }
}
