import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eraseBelow } from './style.ts';
import { LiveLine } from './live-line.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

function lineOn(columns: number): { line: LiveLine; written: () => string } {
  let all = '';
  const stream = { columns, write: (text: string) => ((all += text), true) } as unknown;
  const line = new LiveLine(stream as NodeJS.WriteStream, { colors: false, erasable: true });
  return {
    line,
    written: () => {
      const text = all;
      all = '';
      return text;
    },
  };
}

it('waits at its beginning, from where it is erased however many rows it has become', () => {
  const { line, written } = lineOn(80);
  line.show('running: 1.0 s');
  expect(written()).toBe('\rrunning: 1.0 s\x1b[J\r');
  line.show('running: 1.0 s');
  expect(written()).toBe('');
  line.erase();
  expect(written()).toBe(eraseBelow);
  line.erase();
  expect(written()).toBe('');
});

it.each([
  [80, 'running: 1.0 s (Ctrl-C stops)'],
  [20, 'running: 1.0 s'],
  [10, 'running: '],
])('shows in %i columns what has room: %j', (columns, expected) => {
  const { line, written } = lineOn(columns);
  line.show('running: 1.0 s', ' (Ctrl-C stops)');
  expect(written()).toBe(`\r${expected}\x1b[J\r`);
});

it('is not shown while something is printed in pieces, and for a moment after', async () => {
  const { line, written } = lineOn(80);
  line.show('running');
  written();
  let finish = (): void => undefined;
  const printed = line.aside(() => new Promise((resolve) => (finish = resolve)));
  expect(written()).toBe(eraseBelow);
  line.show('running');
  finish();
  await printed;
  line.show('running');
  expect(written()).toBe('');
  vi.advanceTimersByTime(600);
  line.show('running');
  expect(written()).toContain('running');
});
