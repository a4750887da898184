import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapParallel } from './parallel.ts';

describe('mapParallel', () => {
  it('keeps the order and the limit', async () => {
    let running = 0;
    let most = 0;
    const results = await mapParallel([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++running);
      await delay(item);
      running--;
      return item * 2;
    });
    expect(results).toEqual([10, 2, 8, 4, 6]);
    expect(most).toBe(2);
  });

  it('throws the first failure after all that started have ended, and starts no more', async () => {
    const ended: number[] = [];
    const run = mapParallel([0, 1, 2, 3], 2, async (item, signal) => {
      if (item === 0) throw new Error('zero');
      await delay(5);
      ended.push(item);
      expect(signal.aborted).toBe(true);
    });
    await expect(run).rejects.toThrow('zero');
    expect(ended).toEqual([1]);
  });

  it('rejects with the reason of an abort', async () => {
    const abort = new AbortController();
    const run = mapParallel(
      [1, 2],
      1,
      async () => {
        abort.abort(new Error('stop'));
        await delay(1);
      },
      abort.signal,
    );
    await expect(run).rejects.toThrow('stop');
  });
});
