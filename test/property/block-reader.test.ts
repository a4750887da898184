import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { isMongoqError } from '../../src/base/errors.ts';
import { createBlockReader } from '../../src/blocks/create-block-reader.ts';
import { limitStore } from '../../src/store/limit.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import type { ByteRange, ObjectStore } from '../../src/store/object-store.ts';
import { retryStore } from '../../src/store/retry.ts';
import { failNth, inParts, slow, truncating } from '../support/faulty-store.ts';
import { runs } from '../support/runs.ts';

const block = 512;
const content = randomBytes(20 * block + 77);
const object = { key: 'R/1.sst', size: content.length };

let directory: string;
beforeAll(async () => (directory = await mkdtemp(path.join(tmpdir(), 'mongoq-property-'))));
afterAll(() => rm(directory, { recursive: true }));

const range = fc
  .tuple(fc.nat(content.length), fc.nat(content.length))
  .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), range }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('cancelled' as const), range, turns: fc.nat(4) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('ahead' as const), ranges: fc.array(range, { maxLength: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('peek' as const), range }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const) }) },
);

const scenario = fc.record({
  steps: fc.array(step, { maxLength: 30 }),
  memoryBlocks: fc.integer({ min: 1, max: 30 }),
  disk: fc.boolean(),
  etagKnown: fc.boolean(),
  concurrency: fc.integer({ min: 1, max: 5 }),
  /** The faults repeat after this pattern. */
  fails: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  breaks: fc.array(fc.nat(100), { minLength: 1, maxLength: 7 }),
  pauses: fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }),
  retried: fc.boolean(),
  /** Bodies arrive in parts of so many bytes, or whole. */
  partBytes: fc.option(fc.integer({ min: 1, max: 3 * block }), { nil: undefined }),
  /** Reads go through a buffer of the reader's, or into one of the caller's. */
  into: fc.boolean(),
});

function repeating<T>(pattern: T[]): (n: number) => T {
  return (n) => pattern[n % pattern.length]!;
}

describe('any sequence of reads through blocks', () => {
  it('equals the object, or fails with the fault of the store', async () => {
    const inner = new MemoryStore({ url: 's3://bucket/property' });
    const { etag } = await inner.put(object.key, content);
    const reason = new Error('enough');
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const kept = (length: number, n: number): number =>
          Math.floor((length * repeating(given.breaks)(n)) / 70);
        const faulty: ObjectStore = failNth(
          given.partBytes === undefined
            ? truncating(slow(inner, repeating(given.pauses)), kept)
            : inParts(slow(inner, repeating(given.pauses)), given.partBytes, kept),
          repeating(given.fails),
        );
        const limited = limitStore(faulty, given.concurrency);
        const store = given.retried
          ? retryStore(limited, { retries: 4, baseMs: 0, capMs: 0, sleep: () => Promise.resolve() })
          : limited;
        const reader = createBlockReader(store, {
          blockSize: block,
          memoryBytes: given.memoryBlocks * block,
          ...(given.disk ? { diskCache: { directory } } : {}),
        });
        const wanted = given.etagKnown ? { ...object, etag } : object;
        const check = async (read: Promise<Buffer>, { start, end }: { start: number; end: number }) => {
          try {
            expect((await read).equals(content.subarray(start, end))).toBe(true);
          } catch (error) {
            if (error === reason) return;
            if (isMongoqError(error, ErrorCode.storeUnavailable, ErrorCode.storeDamaged)) return;
            throw error;
          }
        };
        const read = async (range: ByteRange): Promise<Buffer> => {
          if (!given.into) return reader.read(wanted, range);
          const target = Buffer.alloc(range.end - range.start);
          await reader.readInto(target, wanted, range);
          return target;
        };
        const running: Promise<void>[] = [];
        for (const each of given.steps) {
          if (each.kind === 'read') running.push(check(read(each.range), each.range));
          else if (each.kind === 'ahead') reader.prefetch(wanted, each.ranges);
          else if (each.kind === 'peek') {
            const found = reader.peek(wanted, each.range);
            if (found) expect(found.equals(content.subarray(each.range.start, each.range.end))).toBe(true);
          } else if (each.kind === 'wait') await Promise.all(running);
          else {
            const controller = new AbortController();
            running.push(check(reader.read(wanted, each.range, { signal: controller.signal }), each.range));
            for (let i = 0; i < each.turns; i++) await Promise.resolve();
            controller.abort(reason);
          }
        }
        await Promise.all(running);
        await reader.close();
      }),
      { numRuns: runs(150) },
    );
  });
});
