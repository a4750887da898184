import { stride, type Entries } from './data-block.ts';
import type { DatabaseFiles } from './files.ts';
import type { KeyFilter } from './filter.ts';
import { SharedCache } from './shared-cache.ts';
import { Table, tableName } from './table.ts';

/** How much decoded data a database keeps, in bytes. */
export interface CacheSizes {
  /** Indexes of tables. */
  indexes: number;
  filters: number;
  /** Decompressed data blocks. */
  blocks: number;
}

/** What one lookup fetches of a table, about: what files are fetched by. */
const bytesOfLookup = 64 << 10;
/** A filter that most likely came with the end of its file. */
const smallFilter = 16 << 10;

export const defaultCacheSizes: CacheSizes = { indexes: 64 << 20, filters: 64 << 20, blocks: 16 << 20 };

/** The tables of a database by file number, opened on first use; with bounded caches of what they hold. */
export class Tables {
  readonly files: DatabaseFiles;
  readonly #tables: SharedCache<Table>;
  readonly #filters: SharedCache<{ mayContain: KeyFilter | undefined; memory: number }>;
  readonly #blocks: SharedCache<Entries>;
  /** How many lookups asked for a table's filter. */
  readonly #lookups = new WeakMap<Table, number>();

  constructor(files: DatabaseFiles, sizes: CacheSizes) {
    this.files = files;
    this.#tables = new SharedCache(sizes.indexes, (table) => table.memory);
    this.#filters = new SharedCache(sizes.filters, ({ memory }) => memory + 100);
    this.#blocks = new SharedCache(
      sizes.blocks,
      (block) => block.values.length + block.keys.length + block.count * stride * 4 + 200,
    );
  }

  /** Throws as `Table.open`. */
  open(number: number): Promise<Table> {
    const name = tableName(number);
    return this.#tables.get(name, () => Table.open(this.files, name));
  }

  /** The table if it is open. */
  peek(number: number): Table | undefined {
    return this.#tables.peek(tableName(number));
  }

  /**
   * Whether `table` may hold the user key. A filter is ten bits for each key of the table, often much more than the one
   * block that it would save: unless it is small, it is fetched once lookups without it have fetched as much.
   */
  async mayContain(table: Table, key: Uint8Array): Promise<boolean> {
    const range = table.filterRange;
    if (!range) return true;
    const lookups = this.#lookups.get(table) ?? 0;
    this.#lookups.set(table, lookups + 1);
    const size = range.end - range.start;
    if (size > smallFilter + lookups * bytesOfLookup && !this.#filters.peek(table.name)) return true;
    const filter = await this.#filters.get(table.name, () => table.readFilter());
    return filter.mayContain?.(key) ?? true;
  }

  /** Data block `i` of `table`, kept for the next reader. */
  block(table: Table, i: number): Promise<Entries> {
    return this.#blocks.get(`${table.name}/${i}`, () => table.readBlock(i));
  }

  /** Data block `i` if it is in memory. */
  peekBlock(table: Table, i: number): Entries | undefined {
    return this.#blocks.peek(`${table.name}/${i}`);
  }

  clear(): void {
    this.#tables.clear();
    this.#filters.clear();
    this.#blocks.clear();
  }
}
