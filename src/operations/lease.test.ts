import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../store/memory.ts';
import type { Clock } from './clock.ts';
import { acquireLease, LeaseLost, leaseMs, requestMs, withLease } from './lease.ts';

const key = 'mongoq/lease/r.json';

/** A clock that jumps to the end of each sleep. */
function leapingClock(): Clock & { time: number } {
  const clock = {
    time: 0,
    now: () => clock.time,
    sleep: async (ms: number, signal?: AbortSignal) => {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      clock.time += ms;
    },
  };
  return clock;
}

/** A clock that stands still until it is moved; sleeps end when they are aborted only. */
function standingClock(): Clock & { time: number } {
  const clock = {
    time: 0,
    now: () => clock.time,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  };
  return clock;
}

const dead = {
  id: 'x',
  operation: 'gc',
  mode: 'exclusive',
  beat: 3,
  host: 'db1',
  pid: 7,
  since: '2026-11-23T00:00:00.000Z',
};

async function holders(store: MemoryStore): Promise<{ operation: string; publishes?: string }[]> {
  return (JSON.parse((await store.get(key)).toString()) as { holders: { operation: string }[] }).holders;
}

describe('the lease', () => {
  it('is shared by backups and not with gc', async () => {
    const store = new MemoryStore();
    const clock = standingClock();
    const first = await acquireLease(store, 'r', { operation: 'backup', mode: 'shared', clock });
    const second = await acquireLease(store, 'r', { operation: 'backup', mode: 'shared', clock });
    expect(await holders(store)).toHaveLength(2);
    const gc = { operation: 'gc', mode: 'exclusive', clock, waitMs: 0 } as const;
    await expect(acquireLease(store, 'r', gc)).rejects.toMatchObject({ code: 'OP-001' });
    await first.release();
    await second.release();
    const alone = await acquireLease(store, 'r', gc);
    await expect(
      acquireLease(store, 'r', { operation: 'backup', mode: 'shared', clock, waitMs: 0 }),
    ).rejects.toThrow('gc on');
    await alone.release();
    expect(await holders(store)).toEqual([]);
  });

  it.each([
    ['a holder whose beat stands still', JSON.stringify({ holders: [dead] })],
    ['an object that cannot be read', 'x'],
  ])('is taken over from %s, but not before that is certain', async (_, content) => {
    const store = new MemoryStore();
    await store.put(key, Buffer.from(content));
    const clock = leapingClock();
    const notices: string[] = [];
    const options = {
      operation: 'backup',
      mode: 'shared',
      clock,
      onNotice: (text: string) => notices.push(text),
    } as const;
    await withLease(store, 'r', options, async () => {
      expect(clock.time).toBeGreaterThanOrEqual(leaseMs + requestMs);
      expect((await holders(store)).map((holder) => holder.operation)).toEqual(['backup']);
    });
    expect(notices).toHaveLength(1);
  });

  it('is lost when it cannot be renewed, and then lets nothing be sent', async () => {
    const store = new MemoryStore();
    const clock = standingClock();
    const { lease, release } = await acquireLease(store, 'r', { operation: 'gc', mode: 'exclusive', clock });
    await expect(lease.guard(() => Promise.resolve(1))).resolves.toBe(1);
    clock.time = leaseMs;
    let sent = false;
    await expect(
      lease.guard(() => {
        sent = true;
        return Promise.resolve();
      }),
    ).rejects.toBeInstanceOf(LeaseLost);
    expect(sent).toBe(false);
    await release();
  });

  it('is lost when somebody took it', async () => {
    const store = new MemoryStore();
    const { lease } = await acquireLease(store, 'r', {
      operation: 'gc',
      mode: 'exclusive',
      clock: leapingClock(),
    });
    await store.put(key, Buffer.from(JSON.stringify({ holders: [] })));
    await new Promise((resolve) => lease.signal.addEventListener('abort', resolve));
    expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
  });

  it('lets look while it is taken, and again if somebody held it meanwhile', async () => {
    const store = new MemoryStore();
    const clock = standingClock();
    const gc = { operation: 'gc', mode: 'exclusive', clock } as const;
    await (await acquireLease(store, 'r', gc)).release();
    let looks = 0;
    const look = async (): Promise<number> => {
      // It leaves holders as they were before: none.
      if (++looks === 1) await (await acquireLease(store, 'r', gc)).release();
      return looks;
    };
    const put = store.put.bind(store);
    store.put = async (name, body, options) => {
      if (Buffer.isBuffer(body) && body.includes('backup'))
        await new Promise((resolve) => setTimeout(resolve, 20));
      return put(name, body, options);
    };
    const backup = { operation: 'backup', mode: 'shared', clock } as const;
    const held = await acquireLease(store, 'r', backup, look);
    expect(await held.seen).toBe(2);
    await held.release();
  });

  it('neither looks nor is taken before what it has to wait for', async () => {
    const store = new MemoryStore();
    const ready = Promise.reject(new Error('no'));
    const options = { operation: 'backup', mode: 'shared', ready } as const;
    const look = (): Promise<void> => Promise.reject(new Error('looked'));
    await expect(acquireLease(store, 'r', options, look)).rejects.toThrow('no');
    await expect(store.head(key)).rejects.toMatchObject({ code: 'STORE-001' });
  });

  it('tells whether what was seen as it was taken still holds when an id is reserved', async () => {
    const store = new MemoryStore();
    const options = { operation: 'backup', mode: 'shared', clock: standingClock() } as const;
    const first = await acquireLease(store, 'r', options);
    const told: [string[], boolean][] = [];
    const choose = (reserved: string[], untouched: boolean): Promise<string> => {
      told.push([reserved, untouched]);
      return Promise.resolve(String(reserved.length));
    };
    expect(await first.lease.reserve(choose)).toBe('0');
    const second = await acquireLease(store, 'r', options);
    expect(await second.lease.reserve(choose)).toBe('1');
    expect(told).toEqual([
      [[], true],
      [['0'], true],
    ]);
    expect(await first.lease.reserve(choose)).toBe('1');
    expect(told.slice(2)).toContainEqual([['1'], false]);
    for (const { release } of [first, second]) await release();
  });

  it('gives two holders two ids', async () => {
    const store = new MemoryStore();
    const clock = standingClock();
    const options = { operation: 'backup', mode: 'shared', clock } as const;
    const held = await Promise.all([acquireLease(store, 'r', options), acquireLease(store, 'r', options)]);
    const next = (reserved: string[]): Promise<string> => Promise.resolve(reserved.includes('5') ? '6' : '5');
    const ids = await Promise.all(held.map(({ lease }) => lease.reserve(next)));
    expect(ids.sort()).toEqual(['5', '6']);
    for (const { release } of held) await release();
  });
});
