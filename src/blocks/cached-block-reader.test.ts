import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { failNth, slow } from '../../test/support/faulty-store.ts';
import { ErrorCode } from '../base/error-codes.ts';
import { limitStore } from '../store/limit.ts';
import { MemoryStore } from '../store/memory.ts';
import type { ByteRange, GetOptions, ObjectStore } from '../store/object-store.ts';
import { retryStore } from '../store/retry.ts';
import type { BlockReader } from './block-reader.ts';
import { createBlockReader } from './create-block-reader.ts';
import { wrapStore } from '../store/wrap-store.ts';

const kib = 1024;
const block = 64 * kib;
const bytes = randomBytes(40 * 256 * kib + 1000);
const object = { key: 'R/000011.sst', size: bytes.length };
const inner = new MemoryStore();

/** The ranges that were asked of the store, in the order of asking. */
let asked: ByteRange[] = [];
let signals: AbortSignal[] = [];

function recorded(store: ObjectStore): ObjectStore {
  return wrapStore(store, {
    getWithInfo: (key, options: GetOptions = {}) => {
      if (options.range) asked.push(options.range);
      if (options.signal) signals.push(options.signal);
      return store.getWithInfo(key, options);
    },
  });
}

function expectBytes(read: Buffer, start: number, end: number): void {
  expect(read.equals(bytes.subarray(start, end))).toBe(true);
}

async function settled(reader: BlockReader): Promise<void> {
  // Everything in memory resolves within a few turns of the event loop.
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(reader.counts.requests).toBe(asked.length);
}

beforeEach(async () => {
  asked = [];
  signals = [];
  await inner.put(object.key, bytes);
});

describe('reading blocks', () => {
  it('fetches one block for a small read, and no more for its neighbours', async () => {
    const reader = createBlockReader(recorded(inner));
    const at = 3 * block + 100;
    expect(reader.peek(object, { start: at, end: at + 10 })).toBeUndefined();
    expectBytes(await reader.read(object, { start: at, end: at + 16 * kib }), at, at + 16 * kib);
    expectBytes(await reader.read(object, { start: 3 * block, end: 4 * block }), 3 * block, 4 * block);
    expectBytes(reader.peek(object, { start: at, end: at + 10 })!, at, at + 10);
    expect(asked).toEqual([{ start: 3 * block, end: 4 * block }]);
    const used = 16 * kib + block + 10;
    expect(reader.counts).toMatchObject({ requests: 1, bytesFetched: block, bytesUsed: used, hits: 2 });
    expect(await reader.read(object, { start: 5, end: 5 })).toHaveLength(0);
  });

  it('cuts the last block at the end of the object', async () => {
    const reader = createBlockReader(recorded(inner));
    expectBytes(
      await reader.read(object, { start: bytes.length - 53, end: bytes.length }),
      bytes.length - 53,
      bytes.length,
    );
    expect(asked).toEqual([{ start: 160 * block, end: bytes.length }]);
  });

  it('downloads a block once for all who ask at the same time', async () => {
    const reader = createBlockReader(recorded(slow(inner, () => 5)));
    const reads = Array.from({ length: 20 }, (_, i) => reader.read(object, { start: i, end: 5000 + i }));
    for (const [i, read] of (await Promise.all(reads)).entries()) expectBytes(read, i, 5000 + i);
    expect(asked).toHaveLength(1);
  });

  it('fetches adjacent missing blocks by one request, around what is there', async () => {
    const reader = createBlockReader(recorded(inner));
    await reader.read(object, { start: 2 * block, end: 2 * block + 1 });
    expectBytes(await reader.read(object, { start: 10, end: 6 * block }), 10, 6 * block);
    expect(asked.slice(1)).toEqual([
      { start: 0, end: 2 * block },
      { start: 3 * block, end: 6 * block },
    ]);
  });

  it('joins separate reads of one moment that are adjacent', async () => {
    const reader = createBlockReader(recorded(inner));
    const starts = [4, 1, 3, 2].map((index) => index * block);
    await Promise.all(starts.map((start) => reader.read(object, { start, end: start + 10 })));
    expect(asked).toEqual([{ start: block, end: 5 * block }]);
  });

  it('merges what it prefetches into large requests, several at once', async () => {
    const reader = createBlockReader(recorded(inner));
    const ranges = Array.from({ length: 640 }, (_, i) => ({ start: i * 16 * kib, end: (i + 1) * 16 * kib }));
    reader.prefetch(object, ranges);
    await settled(reader);
    expect(asked).toHaveLength(8);
    expect(asked.every(({ start, end }) => end - start <= 4 * kib * kib)).toBe(true);
    for (const range of ranges) expectBytes(reader.peek(object, range)!, range.start, range.end);
    reader.prefetch(object, ranges);
    await settled(reader);
    expect(asked).toHaveLength(8);
  });

  it('splits a large read, so that its pieces come at the same time', async () => {
    const reader = createBlockReader(recorded(inner));
    expectBytes(await reader.read(object, { start: 0, end: bytes.length }), 0, bytes.length);
    expect(asked).toHaveLength(11);
  });

  it('asks for what is demanded apart from what is read ahead', async () => {
    const priorities: unknown[] = [];
    const reader = createBlockReader(
      wrapStore(inner, {
        getWithInfo: (key, options = {}) => {
          const { priority } = options;
          priorities.push([options.range?.start, typeof priority === 'function' && priority()]);
          return inner.getWithInfo(key, options);
        },
      }),
    );
    reader.prefetch(object, [{ start: 0, end: 8 * block }]);
    await reader.read(object, { start: 3 * block, end: 3 * block + 1 });
    expect(priorities).toEqual([
      [0, 'ahead'],
      [3 * block, 'demand'],
      [4 * block, 'ahead'],
    ]);
  });

  it('prefetches no more at a time than half of what memory holds', async () => {
    const reader = createBlockReader(recorded(inner), { memoryBytes: 8 * block });
    expect(reader.prefetch(object, [{ start: 0, end: bytes.length }])).toBe(false);
    expect(reader.prefetch(object, [{ start: block, end: 4 * block }])).toBe(true);
    await settled(reader);
    expect(asked).toEqual([{ start: 0, end: 4 * block }]);
    expect(reader.prefetch(object, [{ start: 0, end: 6 * block }])).toBe(true);
    await settled(reader);
    expect(asked.at(-1)).toEqual({ start: 4 * block, end: 6 * block });
  });

  it('keeps no more in memory than it may, dropping what was not used for longest', async () => {
    const reader = createBlockReader(recorded(inner), { memoryBytes: 3 * block });
    const read = (index: number) => reader.read(object, { start: index * block, end: index * block + 1 });
    for (const index of [0, 1, 2, 0, 3, 0, 1]) await read(index);
    expect(asked.map(({ start }) => start / block)).toEqual([0, 1, 2, 3, 1]);
  });

  it('reads more than memory holds', async () => {
    const reader = createBlockReader(inner, { memoryBytes: 2 * block });
    expectBytes(await reader.read(object, { start: 1, end: bytes.length }), 1, bytes.length);
  });

  it('fails a read outside of the object', async () => {
    const reader = createBlockReader(inner);
    for (const range of [
      { start: 0, end: bytes.length + 1 },
      { start: -1, end: 5 },
      { start: 6, end: 5 },
    ]) {
      await expect(reader.read(object, range)).rejects.toMatchObject({ code: ErrorCode.storeDamaged });
    }
  });
});

describe('cancelling', () => {
  const reason = new Error('enough');

  it('leaves the download to those who still wait', async () => {
    const reader = createBlockReader(recorded(slow(inner, () => 20)));
    const controller = new AbortController();
    const cancelled = reader.read(object, { start: 0, end: 10 }, { signal: controller.signal });
    const other = reader.read(object, { start: 5, end: 20 });
    await Promise.resolve();
    controller.abort(reason);
    await expect(cancelled).rejects.toBe(reason);
    expectBytes(await other, 5, 20);
    expect(asked).toHaveLength(1);
    expect(signals[0]?.aborted).toBe(false);
  });

  it('aborts a download when the last has gone, and begins anew for the next', async () => {
    const reader = createBlockReader(recorded(slow(inner, (n) => (n === 1 ? 60_000 : 0))));
    const controllers = [new AbortController(), new AbortController()];
    const reads = controllers.map(({ signal }) => reader.read(object, { start: 0, end: 10 }, { signal }));
    await Promise.resolve();
    for (const controller of controllers) controller.abort(reason);
    for (const read of reads) await expect(read).rejects.toBe(reason);
    expect(signals[0]?.aborted).toBe(true);
    expectBytes(await reader.read(object, { start: 0, end: 10 }), 0, 10);
    expect(asked).toHaveLength(2);
  });

  it('takes one signal for many reads without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const reader = createBlockReader(
      retryStore(
        limitStore(
          slow(inner, () => 5),
          50,
        ),
      ),
    );
    const { signal } = new AbortController();
    const starts = Array.from({ length: 40 }, (_, i) => i * 4 * block);
    await Promise.all(starts.map((start) => reader.read(object, { start, end: start + 10 }, { signal })));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('leaves what was to be read ahead when that is cancelled, but not what others wait for', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const reader = createBlockReader(
      recorded(
        wrapStore(inner, {
          getWithInfo: async (key, options) => {
            await released;
            return inner.getWithInfo(key, options);
          },
        }),
      ),
    );
    const controller = new AbortController();
    reader.prefetch(object, [{ start: 0, end: bytes.length }], controller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    const wanted = reader.read(object, { start: 3 * block, end: 3 * block + 10 });
    controller.abort(reason);
    expect(asked.length).toBeGreaterThan(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual(asked.map(({ start }) => start > 3 * block));
    release();
    expectBytes(await wanted, 3 * block, 3 * block + 10);
    const { length } = asked;
    reader.prefetch(object, [{ start: 0, end: bytes.length }], controller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toHaveLength(length);
    await reader.close();
  });

  it('makes no request for a read that was cancelled at once', async () => {
    const reader = createBlockReader(recorded(inner));
    const controller = new AbortController();
    const read = reader.read(object, { start: 0, end: 10 }, { signal: controller.signal });
    controller.abort(reason);
    await expect(read).rejects.toBe(reason);
    await expect(reader.read(object, { start: 0, end: 10 }, { signal: controller.signal })).rejects.toBe(
      reason,
    );
    await settled(reader);
    expect(asked.length - signals.filter(({ aborted }) => aborted).length).toBe(0);
  });

  it('ends what waits when the reader is closed', async () => {
    const reader = createBlockReader(recorded(slow(inner, () => 60_000)));
    const read = reader.read(object, { start: 0, end: 10 });
    reader.prefetch(object, [{ start: block, end: 2 * block }]);
    await Promise.resolve();
    await reader.close();
    await expect(read).rejects.toMatchObject({ code: ErrorCode.cancelled });
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    await expect(reader.read(object, { start: 0, end: 10 })).rejects.toMatchObject({
      code: ErrorCode.cancelled,
    });
  });
});

describe('faults', () => {
  it('are not remembered: the next read tries again', async () => {
    const reader = createBlockReader(failNth(inner, (n) => n <= 2));
    reader.prefetch(object, [{ start: 0, end: block }]);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(reader.read(object, { start: 0, end: 10 })).rejects.toMatchObject({
      code: ErrorCode.storeUnavailable,
    });
    expectBytes(await reader.read(object, { start: 0, end: 10 }), 0, 10);
  });

  it('never mix two versions of an object', async () => {
    const store = new MemoryStore();
    await store.put('x', bytes);
    const x = { key: 'x', size: bytes.length };
    const reader = createBlockReader(store);
    await reader.read(x, { start: 0, end: 10 });
    const { etag } = await store.put('x', randomBytes(bytes.length));
    const changed = { code: ErrorCode.storeChanged, message: 'memory://test/x changed while it was read' };
    await expect(reader.read(x, { start: block, end: block + 10 })).rejects.toMatchObject(changed);
    await expect(reader.read({ ...x, etag }, { start: 0, end: 10 })).rejects.toMatchObject(changed);
    // What was read of the first version still is.
    expectBytes(await reader.read(x, { start: 0, end: 10 }), 0, 10);
    await expect(
      createBlockReader(store).read({ ...x, etag: 'old' }, { start: 0, end: 10 }),
    ).rejects.toMatchObject({ code: ErrorCode.storeChanged });
  });

  it('show an object of another size than the backup says', async () => {
    const store = new MemoryStore();
    await store.put('x', bytes.subarray(0, 5 * block));
    const reader = createBlockReader(store);
    for (const size of [4 * block, 6 * block]) {
      const read = createBlockReader(store).read({ key: 'x', size }, { start: 0, end: 10 });
      await expect(read).rejects.toMatchObject({ code: ErrorCode.storeDamaged });
    }
    await expect(reader.read({ key: 'none', size: 10 }, { start: 0, end: 10 })).rejects.toMatchObject({
      code: ErrorCode.storeNotFound,
    });
  });
});
