import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { noCounts } from '../session/counts.ts';
import { LiveLine } from './live-line.ts';
import { showProgress, type Watched } from './progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Runs `status` under the line for three seconds; what was shown, without the sequences of the terminal. */
async function shown(status: () => Watched | undefined): Promise<string[]> {
  const lines: string[] = [];
  const stream = { columns: 100, write: (text: string) => lines.push(text) > 0 } as unknown;
  const line = new LiveLine(stream as NodeJS.WriteStream, { colors: false, erasable: true });
  const end = showProgress(
    line,
    () => 'running',
    () => Promise.resolve(status()),
  );
  await vi.advanceTimersByTimeAsync(3000);
  end();
  await vi.advanceTimersByTimeAsync(3000);
  return lines.map((text) => text.replace(/\x1b\[[A-Z]|\r/g, ''));
}

it('tells what was fetched since it began, after half a second, and is erased', async () => {
  let requests = 10;
  const lines = await shown(() => ({
    counts: { ...noCounts, requests: requests++, bytesFetched: requests * 1e6 },
    failingMs: 0,
    failingReason: '',
  }));
  expect(lines[0]).toBe('running: 0.5 s, 1 request, 976.56 KiB, 1.91 MiB/s (Ctrl-C stops)');
  expect(lines.at(-2)).toMatch(/^running: 3\.0 s, 11 requests, 10\.49 MiB, /);
  expect(lines.at(-1)).toBe('');
});

it('says so when the store fails for longer than a moment', async () => {
  const lines = await shown(() => ({
    counts: noCounts,
    failingMs: Math.max(0, performance.now() - 1500),
    failingReason: 'SlowDown:\nHTTP 503',
  }));
  expect(lines[0]).toBe('running: 0.5 s (Ctrl-C stops)');
  expect(lines.at(-2)).toBe('running: 3.0 s, the store fails: SlowDown: HTTP 503 (Ctrl-C stops)');
});

it('tells the time while nothing is known yet', async () => {
  expect((await shown(() => undefined))[0]).toBe('running: 0.5 s (Ctrl-C stops)');
});
