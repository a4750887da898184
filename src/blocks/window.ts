import type { ByteRange } from '../store/object-store.ts';

/** Bytes that all windows of a process together may be ahead of their readers. */
export class ReadAheadBudget {
  readonly #maxBytes: number;
  #taken = 0;

  /** `maxBytes` as a rule is 256 MiB. */
  constructor(maxBytes = 256 * 1024 ** 2) {
    this.#maxBytes = maxBytes;
  }

  /** Takes `bytes` if so many are left; negative gives back. */
  take(bytes: number): boolean {
    if (bytes > 0 && this.#taken + bytes > this.#maxBytes) return false;
    this.#taken += bytes;
    return true;
  }
}

export interface WindowOptions {
  /** Unit and alignment of what is read ahead; 256 KiB without it, more than the kernel reads ahead by itself (128 KiB). */
  blockBytes?: number;
  /** How far ahead at most; 32 MiB without it. */
  maxBytes?: number;
  budget?: ReadAheadBudget;
}

/** A round trip passes before a wider window helps, so one step leads from the first one to the last. */
const firstBlocks = 8;
const growth = 16;
/** The part of the window that may be left when more is asked for: the link is to have work all the time. */
const refillBelow = 2 / 3;
/**
 * The most that the kernel asks for at a time. It does so at the beginning of a file only for a program that reads 64 KiB
 * or more at once: one that will have the whole file, not one that looks at its header.
 */
const fullRead = 128 * 1024;

/**
 * Decides what to read ahead of one open file: nothing until one sequence of reads has asked for as much as a block,
 * then 8 blocks, and the most that is allowed as soon as the reader has used up a third of those; at the beginning of a
 * file that at once. A jump begins anew with nothing, so random reads cost no more than what they ask for.
 *
 * The kernel sends the reads of one stream a little out of order; what lies within a block of the expected place is
 * taken as going on.
 */
export class SequentialWindow {
  readonly #size: number;
  readonly #blockBytes: number;
  readonly #maxBytes: number;
  readonly #budget: ReadAheadBudget;
  /** Bytes that the present sequence of reads has asked for. */
  #read = 0;
  /** Where the next read is expected; no read yet if undefined. */
  #next: number | undefined;
  /** Up to where bytes have been asked for. */
  #ahead = 0;
  /** Width of the window in bytes; it is this much that is taken from the budget. */
  #window = 0;

  /** `size`: of the file, in bytes. */
  constructor(size: number, options: WindowOptions = {}) {
    this.#size = size;
    this.#blockBytes = options.blockBytes ?? 256 * 1024;
    this.#maxBytes = options.maxBytes ?? 32 * 1024 ** 2;
    this.#budget = options.budget ?? new ReadAheadBudget();
  }

  /** Notes a read and returns what should be fetched ahead of it now, if anything. */
  advance({ start, end }: ByteRange): ByteRange | undefined {
    const goesOn =
      this.#next !== undefined &&
      start >= this.#next - this.#blockBytes &&
      start <= this.#next + this.#blockBytes;
    if (!goesOn) {
      this.close();
      this.#read = 0;
    }
    const next = Math.max(this.#next ?? 0, end);
    this.#next = next;
    this.#read += end - start;
    const whole = start === 0 && end >= fullRead;
    this.#ahead = Math.max(this.#ahead, next);
    // The kernel asks for the first two of a reader in order at once: their round trip brings what follows as well.
    if (!whole && (!goesOn || this.#read < this.#blockBytes)) return undefined;
    if (this.#ahead - next > this.#window * refillBelow) return undefined;
    this.#widen(whole ? this.#maxBytes : Math.max(firstBlocks * this.#blockBytes, growth * this.#window));
    if (this.#window === 0) return undefined;
    const target = Math.ceil((next + this.#window) / this.#blockBytes) * this.#blockBytes;
    const range = { start: this.#ahead, end: Math.min(this.#size, target) };
    if (range.end <= range.start) return undefined;
    this.#ahead = range.end;
    return range;
  }

  /** Not all of the range that `advance` gave last is fetched: the next one begins there again. */
  refused({ start }: ByteRange): void {
    this.#ahead = Math.min(this.#ahead, start);
  }

  /** The file was closed, or is read elsewhere: gives back its share of the budget. */
  close(): void {
    this.#budget.take(-this.#window);
    this.#window = 0;
    this.#ahead = 0;
    this.#next = undefined;
  }

  #widen(bytes: number): void {
    const wanted = Math.min(this.#maxBytes, bytes);
    // Where others have taken most of the budget, a part is better than nothing.
    for (let window = wanted; window > Math.max(this.#window, this.#blockBytes); window /= 2) {
      if (!this.#budget.take(window - this.#window)) continue;
      this.#window = window;
      return;
    }
  }
}
