import { messageOf } from '../base/errors.ts';
import type { Batch } from './batch.ts';
import { BatchBuilder, batchOf } from './batch-builder.ts';
import { compareEntries, sequenceOf, type Entries } from './data-block.ts';
import type { KeyRange, Source } from './source.ts';
import { compareKeys } from './bytes.ts';

// From this many entries on a batch in place is cheaper than copying them.
const longRun = 48;
const zero = Buffer.alloc(1);

/**
 * Merges sources into one stream of entries: each user key once, as its newest version, deletions left out. Stretches
 * in which only one source has entries are handed on without comparing or copying their entries.
 */
export class Cursor {
  readonly #sources: Source[];
  readonly #reverse: boolean;
  readonly #range: KeyRange;
  readonly #signal: AbortSignal | undefined;
  readonly #builder = new BatchBuilder();
  // Where to go before the next batch; `undefined` inside: the beginning.
  #target: { bound: Buffer | undefined } | undefined;
  // Loads that go on while the caller has a batch.
  #pending: Promise<unknown> | undefined;
  #failure: Error | undefined;
  #closed = false;

  constructor(sources: Source[], range: KeyRange, reverse: boolean, signal: AbortSignal | undefined) {
    this.#sources = sources;
    this.#reverse = reverse;
    this.#range = range;
    this.#signal = signal;
    this.#target = { bound: reverse ? range.upper : range.lower };
  }

  /**
   * The next batch begins at the first key at or after `key` (in a reverse scan: at the last key at or before it)
   * within the bounds of the scan. Cheap where that is near.
   */
  seek(key: Buffer): void {
    const { lower, upper } = this.#range;
    let bound = this.#reverse ? Buffer.concat([key, zero]) : key;
    if (lower && compareKeys(bound, lower) < 0) bound = lower;
    if (upper && compareKeys(bound, upper) > 0) bound = upper;
    this.#target = { bound };
  }

  /**
   * The next entries, at least one; undefined at the end. One call at a time.
   * Throws engineDamaged, engineUnsupported, the store's errors, and the signal's reason once that is aborted.
   */
  async next(): Promise<Batch | undefined> {
    this.#signal?.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) return undefined;
    try {
      return await this.#next();
    } catch (error) {
      // Some sources have moved and some have not: going on would leave out entries.
      this.#failure = error instanceof Error ? error : new Error(messageOf(error));
      throw error;
    }
  }

  async #next(): Promise<Batch | undefined> {
    if (this.#pending) {
      const pending = this.#pending;
      this.#pending = undefined;
      await pending;
    }
    if (this.#target) {
      const { bound } = this.#target;
      this.#target = undefined;
      this.#builder.clear();
      await all(this.#sources.map((source) => source.seek(bound)));
    }
    for (;;) {
      const waiting = this.#refill();
      if (waiting.length > 0) {
        if (this.#builder.length > 0) {
          // What is complete is not held back by what must be fetched.
          this.#pending = all(waiting);
          this.#pending.catch(() => undefined);
          return this.#builder.take();
        }
        await all(waiting);
        this.#signal?.throwIfAborted();
      }
      const batch = this.#merge();
      if (batch) return batch;
      if (this.#sources.every((source) => source.entries === undefined)) {
        return this.#builder.length > 0 ? this.#builder.take() : undefined;
      }
    }
  }

  /** Lets each source whose block is used up go on; returns what must be waited for. */
  #refill(): Promise<void>[] {
    const waiting: Promise<void>[] = [];
    for (const source of this.#sources) {
      if (source.entries !== undefined && source.from >= source.to) {
        const wait = source.advance();
        if (wait) waiting.push(wait);
      }
    }
    return waiting;
  }

  /** Merges until a batch is complete, or, giving undefined, a source needs its next block or all have ended. */
  #merge(): Batch | undefined {
    const sign = this.#reverse ? -1 : 1;
    for (;;) {
      let best: Source | undefined;
      let second: Source | undefined;
      let tie = false;
      for (const source of this.#sources) {
        if (source.entries === undefined) continue;
        if (source.from >= source.to) return undefined;
        if (best === undefined) {
          best = source;
          continue;
        }
        const order = sign * this.#compareHeads(source, best);
        if (order < 0) {
          second = best;
          best = source;
          tie = false;
        } else if (order === 0) tie = true;
        else if (second === undefined || sign * this.#compareHeads(source, second) < 0) second = source;
      }
      if (best?.entries === undefined) return undefined;
      const batch = tie ? this.#takeNewest(best) : this.#takeRun(best, best.entries, second);
      if (batch) return batch;
    }
  }

  /** Consumes the head of `best` and the equal keys of other sources; the newest of them counts. */
  #takeNewest(best: Source): Batch | undefined {
    const equal = this.#sources.filter(
      (source) => source === best || (source.entries !== undefined && this.#compareHeads(source, best) === 0),
    );
    let newest: { entries: Entries; at: number; sequence: number } | undefined;
    for (const source of equal) {
      if (source.entries === undefined) continue;
      const at = this.#head(source);
      const sequence = sequenceOf(source.entries, at);
      if (!newest || sequence > newest.sequence) newest = { entries: source.entries, at, sequence };
      if (this.#reverse) source.to--;
      else source.from++;
    }
    if (newest) this.#builder.add(newest.entries, newest.at);
    return this.#builder.full ? this.#builder.take() : undefined;
  }

  /** Consumes what `best` has before the head of `second`. */
  #takeRun(best: Source, entries: Entries, second: Source | undefined): Batch | undefined {
    let { from, to } = best;
    if (second?.entries) {
      const head = this.#head(second);
      if (this.#reverse) from = firstAfter(entries, from, to, second.entries, head);
      else to = firstAtOrAfter(entries, from, to, second.entries, head);
    }
    const long = second === undefined || to - from >= longRun;
    if (long && this.#builder.length > 0) return this.#builder.take();
    if (this.#reverse) best.to = from;
    else best.from = to;
    if (long) return batchOf(entries, from, to, this.#reverse);
    if (this.#reverse) for (let i = to - 1; i >= from; i--) this.#builder.add(entries, i);
    else for (let i = from; i < to; i++) this.#builder.add(entries, i);
    return this.#builder.full ? this.#builder.take() : undefined;
  }

  #head(source: Source): number {
    return this.#reverse ? source.to - 1 : source.from;
  }

  #compareHeads(a: Source, b: Source): number {
    if (a.entries === undefined || b.entries === undefined) return 0;
    return compareEntries(a.entries, this.#head(a), b.entries, this.#head(b));
  }

  /** Nothing further is read. */
  close(): void {
    this.#closed = true;
  }
}

/** The first entry of a[from..to) at or after entry `j` of `b`, else `to`; entry `from` is known to be before it. */
function firstAtOrAfter(a: Entries, from: number, to: number, b: Entries, j: number): number {
  if (compareEntries(a, to - 1, b, j) < 0) return to;
  // Sources that alternate have short runs: steps that double find their end faster than halving the block.
  let low = from;
  let step = 1;
  while (low + step < to && compareEntries(a, low + step, b, j) < 0) {
    low += step;
    step *= 2;
  }
  let high = Math.min(to - 1, low + step);
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (compareEntries(a, middle, b, j) < 0) low = middle;
    else high = middle;
  }
  return high;
}

/** The first entry of a[from..to) after entry `j` of `b`; entry `to - 1` is known to be after it. */
function firstAfter(a: Entries, from: number, to: number, b: Entries, j: number): number {
  if (compareEntries(a, from, b, j) > 0) return from;
  let high = to - 1;
  let step = 1;
  while (high - step > from && compareEntries(a, high - step, b, j) > 0) {
    high -= step;
    step *= 2;
  }
  let low = Math.max(from, high - step);
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (compareEntries(a, middle, b, j) > 0) high = middle;
    else low = middle;
  }
  return high;
}

/** Waits for all; unlike Promise.all also when some fail, so that no source is still moving afterwards. */
async function all(waiting: (Promise<void> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(waiting.filter((wait) => wait !== undefined));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
