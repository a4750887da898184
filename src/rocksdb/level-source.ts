import { compareKeys } from './bytes.ts';
import { BlockRun, type ReadAhead } from './block-run.ts';
import { compareEntry, lowerBound, type Entries } from './data-block.ts';
import { abortable } from '../base/abortable.ts';
import { fileAtOrAfter } from './lookup.ts';
import type { KeyRange, Source } from './source.ts';
import { tailRange, tableName, type Table } from './table.ts';
import type { Tables } from './tables.ts';
import type { TableFile } from './version-edit.ts';

export interface LevelScan extends KeyRange {
  reverse: boolean;
  readAhead: ReadAhead;
  signal: AbortSignal | undefined;
}

/** Files that do not overlap, in key order, as one source: a level, or a single file of level 0. */
export class LevelSource implements Source {
  entries: Entries | undefined;
  from = 0;
  to = 0;
  readonly #tables: Tables;
  readonly #files: TableFile[];
  readonly #scan: LevelScan;
  readonly #run: BlockRun;
  // The position: block #block of file #file, which may lie outside of the files at either end.
  #file = 0;
  #block = 0;
  #table: Table | undefined;
  // The entries last loaded, of block #block.
  #loaded: Entries | undefined;
  // The blocks of #table that the scan's bounds allow.
  #first = 0;
  #last = 0;
  // In a reverse scan the block to start with in a file is its last one, known once it is open.
  #fromEnd = false;
  #sequential = false;

  constructor(tables: Tables, files: TableFile[], scan: LevelScan) {
    this.#tables = tables;
    this.#files = files;
    this.#scan = scan;
    this.#run = new BlockRun(tables.files, scan.reverse, scan.readAhead);
  }

  advance(): Promise<void> | undefined {
    this.#sequential = true;
    this.#move();
    return this.#fill(undefined);
  }

  seek(bound: Buffer | undefined): Promise<void> | undefined {
    if (bound && this.#loaded && this.#covers(bound)) {
      return this.#accept(this.#loaded, bound) ? undefined : this.advance();
    }
    this.#sequential = false;
    this.#run.restart();
    if (bound === undefined) this.#place(this.#scan.reverse ? this.#files.length - 1 : 0);
    else {
      let file = fileAtOrAfter(this.#files, bound);
      const found = this.#files[file];
      // Backwards from before a file's first key: the file before it.
      if (this.#scan.reverse && (!found || compareKeys(found.smallest, bound) >= 0)) file--;
      this.#place(file);
    }
    // The ends of all files that come first, and what is wanted whole, without waiting for the first one's index.
    if (this.#scan.readAhead.eager) this.#prefetchFiles(this.#scan.readAhead.max, this.#file);
    return this.#fill(bound, true);
  }

  /** Whether all entries next to `bound`, on the side that a seek wants, are in the loaded block or come after it. */
  #covers(bound: Buffer): boolean {
    const table = this.#table;
    if (!table) return false;
    const before = this.#block > 0 ? table.index.key(this.#block - 1) : this.#files[this.#file - 1]?.largest;
    if (before && compareKeys(before, bound) >= 0) return false;
    const isLast = this.#block === table.index.count - 1 && this.#file === this.#files.length - 1;
    return isLast || compareKeys(bound, table.index.key(this.#block)) <= 0;
  }

  #place(file: number): void {
    this.#file = file;
    this.#table = undefined;
    this.#loaded = undefined;
    this.#block = 0;
    this.#fromEnd = this.#scan.reverse;
  }

  #move(): void {
    this.#loaded = undefined;
    if (this.#scan.reverse) {
      if (this.#block > this.#first) this.#block--;
      else this.#place(this.#file - 1);
    } else if (this.#block < this.#last) this.#block++;
    else this.#place(this.#file + 1);
  }

  /** Loads the block at the position, and goes on while blocks hold nothing that the scan wants. */
  #fill(bound: Buffer | undefined, find = false): Promise<void> | undefined {
    for (;;) {
      const file = this.#files[this.#file];
      if (!file) {
        this.entries = undefined;
        return undefined;
      }
      this.#table ??= this.#enter(this.#tables.peek(file.number), find ? bound : undefined);
      const entries = this.#table && this.#peek(this.#table);
      if (!entries) return this.#fillLater(file, bound, find);
      if (this.#accept(entries, bound)) return undefined;
      this.#move();
      find = false;
    }
  }

  async #fillLater(file: TableFile, bound: Buffer | undefined, find: boolean): Promise<void> {
    const { signal } = this.#scan;
    this.#table ??= this.#enter(
      await abortable(this.#tables.open(file.number), signal),
      find ? bound : undefined,
    );
    const table = this.#table;
    if (!table) return;
    const entries = this.#peek(table) ?? (await this.#read(table));
    if (this.#accept(entries, bound)) return;
    this.#move();
    await this.#fill(bound);
  }

  /** Sets the position within a file that was just opened. */
  #enter(table: Table | undefined, find: Buffer | undefined): Table | undefined {
    if (!table) return undefined;
    const { lower, upper, reverse } = this.#scan;
    const end = table.index.count - 1;
    this.#first = lower ? Math.min(end, table.index.find(lower)) : 0;
    this.#last = upper ? Math.min(end, table.index.find(upper)) : end;
    if (find) this.#block = Math.min(end, table.index.find(find));
    else this.#block = reverse && this.#fromEnd ? this.#last : 0;
    return table;
  }

  #peek(table: Table): Entries | undefined {
    return this.#run.peek(table, this.#block) ?? this.#tables.peekBlock(table, this.#block);
  }

  #read(table: Table): Promise<Entries> {
    const { signal, reverse, readAhead } = this.#scan;
    // The first block after a seek may be all that is wanted, and wanted again: it goes through the cache.
    if (!this.#sequential && !readAhead.eager)
      return abortable(this.#tables.block(table, this.#block), signal);
    return this.#run.read(
      table,
      this.#block,
      reverse ? this.#first : this.#last,
      (bytes) => this.#prefetchFiles(bytes, this.#file + (reverse ? -1 : 1)),
      signal,
    );
  }

  /** Announces the files from `from` on, as far as `bytes` reach: whole, or the part that is read first. */
  #prefetchFiles(bytes: number, from: number): void {
    const step = this.#scan.reverse ? -1 : 1;
    for (let i = from; bytes > 0; i += step) {
      const file = this.#files[i];
      if (!file) return;
      const tail = tailRange(file.size);
      const length = Math.min(bytes, tail.start);
      const start = this.#scan.reverse ? tail.start - length : 0;
      const cut = this.#isCut(file);
      const ranges = [
        ...(this.#tables.peek(file.number) ? [] : [tail]),
        ...(cut || length === 0 ? [] : [{ start, end: start + length }]),
      ];
      this.#tables.files.prefetch(tableName(file.number), ranges, this.#scan.signal);
      bytes -= file.size;
    }
  }

  /** Whether the scan ends within the file, so that an index must tell how much of it is wanted. */
  #isCut(file: TableFile): boolean {
    const { lower, upper } = this.#scan;
    return (
      (upper !== undefined && compareKeys(upper, file.largest) <= 0) ||
      (lower !== undefined && compareKeys(file.smallest, lower) < 0)
    );
  }

  /** Takes a block as the current one; false if it holds nothing between the bounds and beyond `bound`. */
  #accept(entries: Entries, bound: Buffer | undefined): boolean {
    const { lower, upper, reverse } = this.#scan;
    const start = reverse ? lower : (bound ?? lower);
    const end = reverse ? (bound ?? upper) : upper;
    const { count } = entries;
    this.#loaded = entries;
    let from = this.#continuesBefore(entries) ? 1 : 0;
    let to = count;
    if (start && count > 0 && compareEntry(entries, 0, start) < 0) {
      from = Math.max(from, lowerBound(entries, start));
    }
    if (end && count > 0 && compareEntry(entries, count - 1, end) >= 0) to = lowerBound(entries, end);
    this.from = from;
    this.to = to;
    this.entries = entries;
    return from < to;
  }

  /** Whether the block's first user key has a newer version at the end of the block or file before. */
  #continuesBefore(entries: Entries): boolean {
    if (entries.count === 0) return false;
    if (this.#block > 0) {
      const index = this.#table?.index;
      return (
        index?.isExact(this.#block - 1) === true && compareEntry(entries, 0, index.key(this.#block - 1)) === 0
      );
    }
    const before = this.#files[this.#file - 1];
    return before !== undefined && compareEntry(entries, 0, before.largest) === 0;
  }
}
