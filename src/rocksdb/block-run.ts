import type { Entries } from './data-block.ts';
import type { DatabaseFiles } from './files.ts';
import type { Table } from './table.ts';

/** How far a sequential reader of one level goes ahead, in bytes. */
export interface ReadAhead {
  /** What is fetched before it is needed, at most. */
  max: number;
  /** Start with `max` instead of growing towards it while the reader goes on. */
  eager: boolean;
}

const firstGroup = 32 << 10;
const maxGroup = 512 << 10;

/**
 * Reads neighbouring data blocks of a table in one direction: several blocks a read, and further ones announced to
 * `files.prefetch`, both growing while the reader goes on.
 */
export class BlockRun {
  readonly #files: DatabaseFiles;
  readonly #step: 1 | -1;
  readonly #readAhead: ReadAhead;
  #group = firstGroup;
  #window: number;
  #table: Table | undefined;
  // The blocks [#from, #to) of #table, whose stored bytes start at #start.
  #stored: Buffer | undefined;
  #start = 0;
  #from = 0;
  #to = 0;
  // The block that is next to be announced.
  #announced = -1;

  constructor(files: DatabaseFiles, reverse: boolean, readAhead: ReadAhead) {
    this.#files = files;
    this.#step = reverse ? -1 : 1;
    this.#readAhead = readAhead;
    this.#window = 0;
    this.restart();
  }

  /** Begins small again, unless the reader is eager: the next block is not the neighbour of the one before. */
  restart(): void {
    const { eager, max } = this.#readAhead;
    this.#group = eager ? maxGroup : firstGroup;
    this.#window = eager ? max : Math.min(max, 2 * firstGroup);
    this.#announced = -1;
  }

  /** Block `i` if its stored bytes are here. */
  peek(table: Table, i: number): Entries | undefined {
    if (this.#table !== table || !this.#stored || i < this.#from || i >= this.#to) return undefined;
    return table.decode(i, this.#stored, this.#start);
  }

  /**
   * Block `i`, fetched together with those that follow it in the direction of the reader, none beyond block `last`.
   * `reachesEnd` is told how many bytes of the window lie beyond block `last`.
   */
  async read(
    table: Table,
    i: number,
    last: number,
    reachesEnd: (bytesBeyond: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<Entries> {
    const end = this.#reach(table, i, last, this.#group);
    const [from, to] = this.#step > 0 ? [i, end + 1] : [end, i + 1];
    const range = table.range(from, to);
    this.#announce(table, end, last, reachesEnd, signal);
    const stored =
      this.#files.peek?.(table.name, range) ?? (await this.#files.read(table.name, range, { signal }));
    this.#table = table;
    this.#stored = stored;
    this.#start = range.start;
    this.#from = from;
    this.#to = to;
    this.#group = Math.min(maxGroup, this.#group * 2);
    this.#window = Math.min(this.#readAhead.max, this.#window * 4);
    return table.decode(i, stored, range.start);
  }

  /** The furthest block such that blocks from `i` to it have at most `bytes`; `i` at least. */
  #reach(table: Table, i: number, last: number, bytes: number): number {
    let end = i;
    let total = table.index.handle(i).size;
    while (end !== last) {
      total += table.index.handle(end + this.#step).size;
      if (total > bytes) break;
      end += this.#step;
    }
    return end;
  }

  /** Prefetches the window after block `end`, in pieces of at least half a window. */
  #announce(
    table: Table,
    end: number,
    last: number,
    reachesEnd: (bytesBeyond: number) => void,
    signal: AbortSignal | undefined,
  ): void {
    if (this.#table !== table) this.#announced = -1;
    const edge = this.#reach(table, end, last, this.#window);
    const covered = table.range(Math.min(end, edge), Math.max(end, edge) + 1);
    const next = end + this.#step;
    // What was not taken when it was announced may have been read since.
    const start =
      this.#announced === -1 || (next - this.#announced) * this.#step > 0 ? next : this.#announced;
    const isNew = (edge - start) * this.#step >= 0;
    if (isNew) {
      const range = table.range(Math.min(start, edge), Math.max(start, edge) + 1);
      if (edge === last || range.end - range.start >= this.#window / 2) {
        const isComing = this.#files.prefetch(table.name, [range], signal);
        this.#announced = isComing ? edge + this.#step : start;
      }
    }
    if (edge === last) reachesEnd(this.#window - (covered.end - covered.start));
  }
}
