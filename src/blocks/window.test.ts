import { describe, expect, it } from 'vitest';
import { ReadAheadBudget, SequentialWindow } from './window.ts';

const block = 256 * 1024;
const read = 128 * 1024;
const size = 64 * 1024 ** 2;

/** The ranges that reading from `start` on, in reads of 128 KiB, makes the window ask for. */
function readOn(window: SequentialWindow, start: number, end: number): { start: number; end: number }[] {
  const ranges = [];
  for (let at = start; at < end; at += read) {
    const range = window.advance({ start: at, end: Math.min(end, at + read) });
    if (range) ranges.push(range);
  }
  return ranges;
}

describe('the read-ahead window', () => {
  it('grows while reading goes on, up to its limit, and covers everything once', () => {
    const ranges = readOn(new SequentialWindow(size), 0, size);
    expect(ranges.slice(0, 3).map(({ start, end }) => [start / block, end / block])).toEqual([
      [1, 9],
      [9, 37],
      [37, 149],
    ]);
    for (const [i, range] of ranges.entries()) {
      if (i > 0) expect(range.start).toBe(ranges[i - 1]!.end);
      expect(range.end - range.start).toBeLessThanOrEqual(32 * 1024 ** 2);
    }
    expect(ranges.at(-1)!.end).toBe(size);
  });

  it('is never more than its limit ahead of the reader', () => {
    const window = new SequentialWindow(size, { maxBytes: 4 * 1024 ** 2 });
    for (let at = 0; at < size; at += read) {
      const range = window.advance({ start: at, end: at + read });
      if (range) expect(range.end - (at + read)).toBeLessThanOrEqual(4 * 1024 ** 2 + block);
    }
  });

  it('reads nothing ahead of random reads', () => {
    const window = new SequentialWindow(size);
    for (let i = 0; i < 100; i++) {
      const at = ((i * 7919) % 250) * block + 1000;
      // One block of 16 KiB, as two reads of the kernel.
      expect(window.advance({ start: at, end: at + 4096 })).toBeUndefined();
      expect(window.advance({ start: at + 4096, end: at + 16384 })).toBeUndefined();
    }
  });

  it('begins anew after a jump', () => {
    const window = new SequentialWindow(size);
    readOn(window, 0, size / 4);
    expect(window.advance({ start: size / 2, end: size / 2 + read })).toBeUndefined();
    const [first] = readOn(window, size / 2 + read, size / 2 + 3 * block);
    expect(first!.end - first!.start).toBeLessThanOrEqual(8 * block + block);
  });

  it('takes reads that come a little out of order as going on', () => {
    const window = new SequentialWindow(size);
    const [ahead] = readOn(window, 0, 2 * block);
    expect(window.advance({ start: 2 * block + read, end: 2 * block + 2 * read })).toBeUndefined();
    expect(window.advance({ start: 2 * block, end: 2 * block + read })).toBeUndefined();
    expect(readOn(window, 3 * block, 8 * block)[0]!.start).toBe(ahead!.end);
  });

  it('begins with the first two reads of a reader in order, and not with small reads near each other', () => {
    const ordered = new SequentialWindow(size);
    expect(ordered.advance({ start: 0, end: read })).toBeUndefined();
    expect(ordered.advance({ start: read, end: 2 * read })).toEqual({ start: block, end: 9 * block });
    const near = new SequentialWindow(size);
    for (let i = 0; i < 15; i++) {
      const at = i * 200_000;
      expect(near.advance({ start: at, end: at + 16_384 })).toBeUndefined();
    }
  });

  it('shares a budget, and gives it back', () => {
    const budget = new ReadAheadBudget(8 * block);
    const one = new SequentialWindow(size, { budget });
    const two = new SequentialWindow(size, { budget });
    readOn(one, 0, size / 2);
    // All is taken: the second stays at what it reads.
    expect(readOn(two, 0, size / 2)).toEqual([]);
    one.close();
    expect(readOn(two, size / 2, size).length).toBeGreaterThan(0);
    two.close();
    expect(budget.take(8 * block)).toBe(true);
    expect(budget.take(1)).toBe(false);
  });
});
