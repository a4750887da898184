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
  it('is as wide as it may be in two steps while reading goes on, and covers everything once', () => {
    const from = 4 * block;
    const ranges = readOn(new SequentialWindow(size), from, size);
    expect(ranges.slice(0, 3).map(({ start, end }) => [start / block, end / block])).toEqual([
      [5, 13],
      [13, 136],
      [136, 179],
    ]);
    for (const [i, range] of ranges.entries()) {
      if (i > 0) expect(range.start).toBe(ranges[i - 1]!.end);
      expect(range.end - range.start).toBeLessThanOrEqual(32 * 1024 ** 2 + block);
    }
    expect(ranges.at(-1)!.end).toBe(size);
  });

  it('asks again for what was not fetched, until it is', () => {
    const window = new SequentialWindow(size);
    const [first] = readOn(window, block, 2 * block);
    window.refused(first!);
    const again = window.advance({ start: 2 * block, end: 2 * block + read });
    expect(again).toMatchObject({ start: 2 * block + read });
    expect(again!.end).toBeGreaterThanOrEqual(first!.end);
    window.refused(first!);
    // What the reader has passed is not asked for.
    expect(window.advance({ start: 2 * block + read, end: 3 * block })).toMatchObject({ start: 3 * block });
    expect(window.advance({ start: 3 * block, end: 3 * block + read })).toBeUndefined();
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
    const [ahead] = readOn(window, block, 3 * block);
    expect(window.advance({ start: 3 * block + read, end: 3 * block + 2 * read })).toBeUndefined();
    expect(window.advance({ start: 3 * block, end: 3 * block + read })).toBeUndefined();
    expect(readOn(window, 4 * block, 9 * block)[0]!.start).toBe(ahead!.end);
  });

  it('is as wide as it may be at once for whoever begins to read a whole file, not for a look at its header', () => {
    const whole = new SequentialWindow(size);
    expect(whole.advance({ start: 0, end: read })).toEqual({ start: read, end: 129 * block });
    const small = new SequentialWindow(2 * block);
    expect(small.advance({ start: 0, end: read })).toEqual({ start: read, end: 2 * block });
    const header = new SequentialWindow(size);
    expect(header.advance({ start: 0, end: read / 2 })).toBeUndefined();
    expect(header.advance({ start: size / 2, end: size / 2 + read })).toBeUndefined();
  });

  it('begins with the first two reads of a reader in order, and not with small reads near each other', () => {
    const ordered = new SequentialWindow(size);
    const at = 4 * block;
    expect(ordered.advance({ start: at, end: at + read })).toBeUndefined();
    expect(ordered.advance({ start: at + read, end: at + block })).toEqual({
      start: at + block,
      end: at + 9 * block,
    });
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
