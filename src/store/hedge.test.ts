import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { inParts, slow, unavailable } from '../../test/support/faulty-store.ts';
import { countStore, newStoreCounts, type StoreCounts } from './count.ts';
import { defaultHedgePolicy, hedgeStore, type HedgePolicy } from './hedge.ts';
import { MemoryStore } from './memory.ts';
import type { ObjectStore } from './object-store.ts';
import { retryStore } from './retry.ts';
import { wrapStore } from './wrap-store.ts';

const bytes = randomBytes(10_000);
const never = 60_000;
/** Second requests after 5 ms, as many as one likes. */
const eager: HedgePolicy = { factor: 1, firstMs: 5, leastMs: 5, share: 1, burst: 1000 };

const inner = new MemoryStore();
let counts: StoreCounts;
let signals: (AbortSignal | undefined)[] = [];
beforeEach(async () => {
  counts = newStoreCounts();
  signals = [];
  await inner.put('a', bytes);
});

function counted(store: ObjectStore): ObjectStore {
  const watched = wrapStore(store, {
    getWithInfo: (key, options) => {
      signals.push(options?.signal);
      return store.getWithInfo(key, options);
    },
  });
  return countStore(watched, counts);
}

/** A store whose n-th answer comes after `ms(n)`. */
function late(ms: (n: number) => number, policy: HedgePolicy = eager): ObjectStore {
  return hedgeStore(counted(slow(inner, ms)), policy);
}

/** A store of which each request does `before` first; `second` resolves when the second request has come. */
function inStep(
  before: (n: number, second: Promise<void>) => Promise<void>,
  store: ObjectStore = inner,
): ObjectStore {
  let n = 0;
  let came = (): void => undefined;
  const second = new Promise<void>((resolve) => (came = resolve));
  const gated = wrapStore(store, {
    getWithInfo: async (key, options) => {
      const mine = ++n;
      if (mine === 2) came();
      await before(mine, second);
      return store.getWithInfo(key, options);
    },
  });
  return hedgeStore(counted(gated), eager);
}

describe('second requests', () => {
  it('are made for an answer that does not begin, and the first request is aborted', async () => {
    const store = late((n) => (n === 1 ? never : 0));
    expect((await store.get('a')).equals(bytes)).toBe(true);
    expect(counts.get).toBe(2);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  });

  it('lose to a first one that is answered before them', async () => {
    const store = inStep(async (n, second) => {
      if (n === 2) await new Promise(() => undefined);
      await second;
    });
    expect((await store.get('a')).equals(bytes)).toBe(true);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false, true]);
  });

  it('are not made while answers begin in time', async () => {
    const store = late(() => 0, { ...eager, firstMs: never, leastMs: never });
    for (let i = 0; i < 50; i++) await store.get('a');
    expect(counts.get).toBe(50);
  });

  it('wait for what is usual in this store', async () => {
    // Far more than what is waited before the first answer has been seen.
    const store = late(() => 20, { ...eager, firstMs: 1000, leastMs: 0, factor: 50 });
    for (let i = 0; i < 10; i++) await store.get('a');
    expect(counts.get).toBe(10);
  });

  it('are few, however many answers are late', async () => {
    const policy = { ...eager, factor: 0.1, share: 0.05, burst: 2 };
    const store = late(() => 40, policy);
    for (let i = 0; i < 40; i++) await store.get('a');
    expect(counts.get).toBeGreaterThan(40);
    expect(counts.get).toBeLessThanOrEqual(40 + 2 + 40 * 0.05);
    expect(defaultHedgePolicy.share).toBeLessThanOrEqual(0.05);
  });

  it('give every part once, of one answer only', async () => {
    // Both answers begin at the same time; the parts of one are dropped.
    for (const whole of [false, true]) {
      const store = inStep(
        (_, second) => second,
        inParts(inner, 100, (length) => length),
      );
      const parts: Buffer[] = [];
      const range = { start: 5, end: 9000 };
      const onPart = whole ? undefined : (part: Buffer): number => parts.push(Buffer.from(part));
      const answer = await store.getWithInfo('a', { range, onPart });
      expect(Buffer.concat([...parts, answer.bytes]).equals(bytes.subarray(5, 9000))).toBe(true);
    }
    expect(counts.get).toBe(4);
  });

  it('decide where the first one fails while they are on their way, and the other way round', async () => {
    for (const failing of [1, 2]) {
      const store = inStep(async (n, second) => {
        await second;
        if (n === failing) throw unavailable('GET a');
        for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
      });
      expect((await store.get('a')).equals(bytes)).toBe(true);
    }
    expect(counts.get).toBe(4);
    const both = wrapStore(inner, { getWithInfo: () => Promise.reject(unavailable('GET a')) });
    await expect(hedgeStore(both, eager).get('a')).rejects.toThrow('GET a failed');
  });

  it('leave the memory of the reader to the request whose answer is taken', async () => {
    for (const first of [1, 2]) {
      const memory = Buffer.alloc(bytes.length);
      let filled = 0;
      const store = inStep(
        async (n, second) => {
          await second;
          if (n !== first) await new Promise((resolve) => setImmediate(resolve));
        },
        inParts(inner, 100, (length) => length),
      );
      await store.getWithInfo('a', {
        room: () => memory.subarray(filled),
        onPart: (part) => {
          if (part.buffer !== memory.buffer) part.copy(memory, filled);
          filled += part.length;
        },
      });
      expect(filled).toBe(bytes.length);
      expect(memory.equals(bytes)).toBe(true);
    }
  });

  it('leave a body that breaks off to who tries again', async () => {
    const broken = inParts(inner, 100, (length, n) => (n === 1 ? 3000 : length));
    const policy = { retries: 2, baseMs: 0, capMs: 0, sleep: () => Promise.resolve() };
    const store = retryStore(hedgeStore(counted(broken), { ...eager, leastMs: never }), policy);
    expect((await store.get('a')).equals(bytes)).toBe(true);
    expect(counts.get).toBe(2);
  });

  it('end with the read', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const store = inStep(
      (n) => {
        if (n === 2) setImmediate(() => controller.abort(reason));
        return Promise.resolve();
      },
      slow(inner, () => never),
    );
    const read = store.get('a', { signal: controller.signal });
    await expect(read).rejects.toBe(reason);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
    const at = store.get('a', { signal: controller.signal });
    await expect(at).rejects.toBe(reason);
    expect(counts.get).toBe(2);
  });

  it('are made of reads only', async () => {
    const pause = <T>(work: Promise<T>) => new Promise((resolve) => setTimeout(resolve, 15)).then(() => work);
    const slowly = wrapStore(inner, {
      put: (key, body, options) => pause(inner.put(key, body, options)),
      head: (key, options) => pause(inner.head(key, options)),
      delete: (key, options) => pause(inner.delete(key, options)),
    });
    const store = hedgeStore(counted(slowly), eager);
    await store.put('b', bytes);
    await store.head('b');
    await store.delete('b');
    expect(counts).toMatchObject({ put: 1, head: 1, delete: 1, get: 0 });
  });
});
