import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveLine } from '../shell/live-line.ts';
import { newStoreCounts } from '../store/count.ts';
import { StoreHealth } from '../store/health.ts';
import { showOperation } from './progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells what was asked for, then of files and bytes, then of trouble, and is erased', async () => {
  let last = '';
  const stream = { columns: 100, write: (text: string) => (last = text) !== '' } as unknown;
  const line = new LiveLine(stream as NodeJS.WriteStream, { colors: false, erasable: true });
  const [counts, health] = [newStoreCounts(), new StoreHealth()];
  const { listener, end } = showOperation(line, { counts, health });
  const shown = async (ms: number): Promise<string> => {
    await vi.advanceTimersByTimeAsync(ms);
    return last.replace(/\x1b\[[A-Z]|\r/g, '');
  };
  counts.list = 1;
  expect(await shown(400)).toBe('');
  expect(await shown(100)).toBe('reading the store: 0.5 s, 1 request');
  const progress = { phase: 'verify', filesDone: 0, filesTotal: 10, bytesDone: 0, bytesTotal: 4 * 2 ** 20 };
  listener(progress);
  expect(await shown(250)).toBe('verify: 0 of 10 files, 0 B of 4.00 MiB');
  listener({ ...progress, filesDone: 5, bytesDone: 2 * 2 ** 20 });
  expect(await shown(1750)).toBe('verify: 5 of 10 files, 2.00 MiB of 4.00 MiB, 1.00 MiB/s, 2 s left');
  // What does not come any more is seen by its rate.
  expect(await shown(2000)).toBe('verify: 5 of 10 files, 2.00 MiB of 4.00 MiB, 512.00 KiB/s, 4 s left');
  health.failingSince = performance.now();
  expect(await shown(1250)).toMatch(/, the store fails, asking again$/);
  health.reason = 'no connection within 5 s';
  expect(await shown(250)).toMatch(/, the store fails: no connection within 5 s$/);
  end();
  expect(await shown(1000)).toBe('');
});

it('is not shown where there is no terminal', async () => {
  const write = vi.fn();
  const stream = { columns: undefined, write } as unknown;
  const line = new LiveLine(stream as NodeJS.WriteStream, { colors: false, erasable: false });
  const { end } = showOperation(line, { counts: newStoreCounts(), health: new StoreHealth() });
  await vi.advanceTimersByTimeAsync(2000);
  end();
  expect(write).not.toHaveBeenCalled();
});
