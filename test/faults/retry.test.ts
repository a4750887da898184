import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { countStore, newStoreCounts } from '../../src/store/count.ts';
import { StoreHealth } from '../../src/store/health.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import type { GetOptions, ObjectStore } from '../../src/store/object-store.ts';
import { retryStore, type RetryPolicy } from '../../src/store/retry.ts';
import { collect, collectKeys } from '../support/collect.ts';
import {
  bitFlip,
  changedEtag,
  failNth,
  inParts,
  listOnce,
  losingAnswers,
  truncating,
} from '../support/faulty-store.ts';
import { StoreFault } from '../../src/store/store-fault.ts';
import { wrapStore } from '../../src/store/wrap-store.ts';

const sleep = vi.fn<(ms: number) => Promise<void>>(() => Promise.resolve());
const policy: RetryPolicy = { retries: 3, baseMs: 100, capMs: 300, sleep };
const bytes = randomBytes(300_000);

async function storeWithObject(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.put('a', bytes);
  return store;
}

describe('retries', () => {
  it('survive passing faults of every method', async () => {
    const store = retryStore(
      failNth(await storeWithObject(), (n) => n % 4 !== 0),
      policy,
    );
    expect((await store.get('a')).equals(bytes)).toBe(true);
    expect((await store.head('a')).size).toBe(bytes.length);
    await store.put('b/c', Buffer.from('x'), { ifAbsent: true });
    expect(await collectKeys(store.list(''))).toEqual(['a', 'b/c']);
    expect(await collect(store.listFolders(''))).toEqual(['b/']);
    await store.delete('a');
    expect(await collectKeys(store.list(''))).toEqual(['b/c']);
  });

  it('end after the attempts of the policy, with the cause', async () => {
    const counts = newStoreCounts();
    const store = retryStore(
      failNth(countStore(await storeWithObject(), counts), () => true),
      policy,
    );
    await expect(store.get('a')).rejects.toMatchObject({
      code: ErrorCode.storeUnavailable,
      message: 'GET a failed: SlowDown (HTTP 503) (4 attempts)',
      cause: { code: ErrorCode.storeUnavailable },
    });
    expect(counts.get).toBe(0);
  });

  it('tell meanwhile that the store fails, until an attempt succeeds or they are given up', async () => {
    const health = new StoreHealth();
    const during: boolean[] = [];
    const watching: RetryPolicy = {
      ...policy,
      health,
      sleep: () => {
        during.push(health.failingSince !== undefined);
        return Promise.resolve();
      },
    };
    const inner = await storeWithObject();
    for (const work of ['get', 'head'] as const) {
      await retryStore(
        failNth(inner, (n) => n < 2),
        watching,
      )[work]('a');
      expect(health.failingSince).toBeUndefined();
    }
    const failing = retryStore(
      failNth(inner, () => true),
      watching,
    );
    await expect(failing.get('a')).rejects.toThrow('4 attempts');
    expect(health.failingSince).toBeUndefined();
    expect(during.length).toBeGreaterThan(3);
    expect(during).not.toContain(false);
  });

  it('tell so as long as anything is asked for again, whatever else is given up', async () => {
    const health = new StoreHealth();
    const during: boolean[] = [];
    let both: Promise<unknown> = Promise.resolve();
    const failing = retryStore(
      failNth(await storeWithObject(), () => true),
      {
        ...policy,
        health,
        sleep: async (ms) => {
          // The second look-up begins to fail later, and goes on when the first one has been given up.
          await new Promise((resolve) => setTimeout(resolve, ms === 0 ? 0 : 5));
          during.push(health.failingSince !== undefined);
        },
      },
    );
    const first = failing.head('a').catch(() => during.push(health.failingSince !== undefined));
    both = Promise.all([
      first,
      new Promise((resolve) => setTimeout(resolve, 7)).then(() => failing.head('a')),
    ]);
    await expect(both).rejects.toThrow('4 attempts');
    expect(during).toHaveLength(7);
    expect(during).not.toContain(false);
    expect(health.failingSince).toBeUndefined();
  });

  it('are few where the store has never answered', async () => {
    const health = new StoreHealth();
    const waited: RetryPolicy = { ...policy, retries: 50, unansweredMs: 20, health };
    const inner = await storeWithObject();
    let answers = false;
    let asked = 0;
    const silent = wrapStore(inner, {
      head: async (key) => {
        asked++;
        await new Promise((resolve) => setTimeout(resolve, 15));
        if (answers) return inner.head(key);
        throw new StoreFault(ErrorCode.storeUnavailable, key, {
          reason: 'cannot be reached: no route',
          answered: false,
        });
      },
    });
    const store = retryStore(silent, waited);
    await expect(store.head('a')).rejects.toThrow('a cannot be reached: no route (2 attempts)');
    expect(health).toMatchObject({ reason: 'no route', answered: false, failingSince: undefined });
    expect(asked).toBe(2);
    answers = true;
    await store.head('a');
    answers = false;
    await expect(store.head('a')).rejects.toThrow('51 attempts');
  });

  it('are not multiplied by retries around them', async () => {
    const counts = newStoreCounts();
    const failing = countStore(
      failNth(await storeWithObject(), () => true),
      counts,
    );
    await expect(retryStore(retryStore(failing, policy), policy).head('a')).rejects.toMatchObject({
      message: 'HEAD a failed: SlowDown (HTTP 503) (4 attempts)',
    });
    expect(counts.head).toBe(4);
  });

  it('wait longer each time, up to a limit, and not all alike', async () => {
    sleep.mockClear();
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const store = retryStore(
      failNth(await storeWithObject(), () => true),
      policy,
    );
    await expect(store.head('a')).rejects.toThrow();
    random.mockRestore();
    expect(sleep.mock.calls.map(([ms]) => ms)).toEqual([50, 100, 150]);
  });

  it('do not repeat what is permanent', async () => {
    const counts = newStoreCounts();
    const store = retryStore(countStore(await storeWithObject(), counts), policy);
    await expect(store.get('none')).rejects.toMatchObject({ code: ErrorCode.storeNotFound });
    const beyond = { start: 0, end: bytes.length + 1 };
    await expect(store.get('a', { range: beyond })).rejects.toMatchObject({ code: ErrorCode.storeDamaged });
    await expect(store.get('a', { ifMatch: 'other' })).rejects.toMatchObject({
      code: ErrorCode.storeChanged,
    });
    expect(counts.get).toBe(3);
  });

  it('resume a body where it broke off, pinned to its version', async () => {
    const inner = await storeWithObject();
    const asked: GetOptions[] = [];
    const recorded = wrapStore(inner, {
      getWithInfo: (key, options = {}) => {
        asked.push(options);
        return inner.getWithInfo(key, options);
      },
    });
    const store = retryStore(
      truncating(recorded, (length, n) => (n <= 2 ? 100_000 : length)),
      policy,
    );
    expect(
      (await store.get('a', { range: { start: 10, end: 290_000 } })).equals(bytes.subarray(10, 290_000)),
    ).toBe(true);
    const { etag } = await inner.head('a');
    expect(asked.map(({ range, ifMatch }) => ({ range, ifMatch }))).toEqual([
      { range: { start: 10, end: 290_000 }, ifMatch: undefined },
      { range: { start: 100_010, end: 290_000 }, ifMatch: etag },
      { range: { start: 200_010, end: 290_000 }, ifMatch: etag },
    ]);
  });

  it('resume a body that was taken in parts, and give no part twice', async () => {
    for (const broken of [
      inParts,
      (inner: ObjectStore, _: number, keep: (length: number, n: number) => number) => truncating(inner, keep),
    ]) {
      const store = retryStore(
        broken(await storeWithObject(), 1000, (length, n) => (n <= 2 ? 100_000 : length)),
        policy,
      );
      const parts: Buffer[] = [];
      const range = { start: 10, end: 290_000 };
      const { bytes: rest } = await store.getWithInfo('a', {
        range,
        onPart: (part) => parts.push(Buffer.from(part)),
      });
      expect(Buffer.concat([...parts, rest]).equals(bytes.subarray(10, 290_000))).toBe(true);
    }
  });

  it('end a read in parts whose object is replaced meanwhile', async () => {
    const store = retryStore(
      inParts(
        changedEtag(await storeWithObject(), (n) => n === 2),
        1000,
        (length, n) => (n === 1 ? 100_000 : length),
      ),
      policy,
    );
    const read = store.getWithInfo('a', { onPart: () => undefined });
    await expect(read).rejects.toMatchObject({ code: ErrorCode.storeChanged });
  });

  it('go on with a body as long as each attempt brings something', async () => {
    const store = retryStore(
      truncating(await storeWithObject(), (length) => Math.min(length, 70_000)),
      { ...policy, retries: 1 },
    );
    expect((await store.get('a')).equals(bytes)).toBe(true);
  });

  it('report a body that never arrives', async () => {
    const store = retryStore(
      truncating(await storeWithObject(), () => 0),
      policy,
    );
    await expect(store.get('a')).rejects.toMatchObject({
      code: ErrorCode.storeDamaged,
      message: expect.stringContaining('4 attempts'),
    });
  });

  it('never mix two versions of an object', async () => {
    const inner = await storeWithObject();
    const { etag } = await inner.head('a');
    const breaking = () =>
      truncating(
        changedEtag(inner, (n) => n === 2),
        (length, n) => (n === 1 ? 100_000 : length),
      );
    // Unpinned, the new version is read from its beginning.
    const inverted = Buffer.from(bytes.map((byte) => byte ^ 0xff));
    expect((await retryStore(breaking(), policy).get('a')).equals(inverted)).toBe(true);
    await inner.put('a', bytes);
    const pinned = retryStore(breaking(), policy).get('a', { ifMatch: etag });
    await expect(pinned).rejects.toMatchObject({ code: ErrorCode.storeChanged });
  });

  it('recognise their own conditional put whose answer was lost', async () => {
    const inner = await storeWithObject();
    const store = retryStore(losingAnswers(inner, 2), policy);
    const { etag } = await store.put('lease', Buffer.from('mine'), { ifAbsent: true });
    expect(etag).toBe((await inner.head('lease')).etag);
    await expect(store.put('lease', Buffer.from('yours'), { ifAbsent: true })).rejects.toMatchObject({
      code: ErrorCode.storeConflict,
    });
    await store.put('lease', Buffer.from('renewed'), { ifMatch: etag });
    expect(String(await inner.get('lease'))).toBe('renewed');
  });

  it('continue a listing after the last key', async () => {
    const inner = new MemoryStore();
    const keys = Array.from({ length: 20 }, (_, i) => `k${String(i).padStart(2, '0')}`);
    for (const key of keys) await inner.put(key, Buffer.from(key));
    const store = retryStore(
      listOnce(inner, (n) => n),
      policy,
    );
    expect(await collectKeys(store.list('k'))).toEqual(keys);
  });

  it('stop at once when aborted, also in a pause', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const counts = newStoreCounts();
    const inner = countStore(
      failNth(await storeWithObject(), () => true),
      counts,
    );
    const store = retryStore(inner, {
      ...policy,
      sleep: (_ms, signal) => {
        controller.abort(reason);
        return signal?.aborted ? Promise.resolve() : new Promise(() => undefined);
      },
    });
    await expect(store.get('a', { signal: controller.signal })).rejects.toBe(reason);
    expect(counts.get).toBe(1);
    const real = retryStore(inner, { retries: 1, baseMs: 1e9, capMs: 1e9 });
    const second = new AbortController();
    const read = real.head('a', { signal: second.signal });
    setImmediate(() => second.abort(reason));
    await expect(read).rejects.toBe(reason);
  });

  it('cannot see bytes that arrive changed: those are found by the checksums inside files', async () => {
    const store = retryStore(bitFlip(await storeWithObject(), 'a', 5000), policy);
    const read = await store.get('a', { range: { start: 4000, end: 6000 } });
    expect(read.equals(bytes.subarray(4000, 6000))).toBe(false);
    expect(read).toHaveLength(2000);
  });
});
