import { lowerBound, type Entries } from './data-block.ts';

/** The part of a database that a scan covers: user keys from `lower` (inclusive) to `upper` (exclusive). */
export interface KeyRange {
  lower?: Buffer | undefined;
  upper?: Buffer | undefined;
}

/**
 * One sorted run of entries that a scan merges: the memtable, a file of level 0, or another level. It is always at a
 * block with unconsumed entries `from` to `to` (exclusive), or at its end. Each user key comes once.
 */
export interface Source {
  /** The current block, undefined at the end. */
  readonly entries: Entries | undefined;
  /** Forward scans consume from here upward, */
  from: number;
  /** reverse scans from here downward. */
  to: number;
  /** Goes on to the next block in the direction of the scan; a promise only if that needs waiting. */
  advance(): Promise<void> | undefined;
  /**
   * Goes to the first entry at or after `bound`; in a reverse scan to the last one before it (without bound, to the
   * last). A promise only if that needs waiting.
   */
  seek(bound: Buffer | undefined): Promise<void> | undefined;
}

/** Entries in memory as a source. */
export class MemorySource implements Source {
  entries: Entries | undefined;
  from = 0;
  to = 0;
  readonly #all: Entries;
  readonly #range: KeyRange;
  readonly #reverse: boolean;

  constructor(all: Entries, range: KeyRange, reverse: boolean) {
    this.#all = all;
    this.#range = range;
    this.#reverse = reverse;
  }

  advance(): undefined {
    this.entries = undefined;
  }

  seek(bound: Buffer | undefined): undefined {
    const { lower, upper } = this.#range;
    const start = this.#reverse ? lower : bound;
    const end = this.#reverse ? bound : upper;
    this.from = start ? lowerBound(this.#all, start) : 0;
    this.to = end ? lowerBound(this.#all, end) : this.#all.count;
    this.entries = this.from < this.to ? this.#all : undefined;
  }
}
