import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './go-duration.ts';

describe('Go durations', () => {
  it.each([
    ['720h', 720 * 3600e9],
    ['2h45m30s', 9930e9],
    ['1.5h', 5400e9],
    ['.5s', 5e8],
    ['-1m', -60e9],
    ['0', 0],
    ['1h1ms', 3600e9 + 1e6],
    ['3us4µs', 7000],
  ])('reads %s', (text, nanoseconds) => expect(parseDuration(text)).toBe(nanoseconds));

  it.each(['', '1', 'h', '1d', '1h 2m', '1h-2m', '.s', '00', 'abc'])('refuses %j', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  it.each([
    [0, '0s'],
    [1, '1ns'],
    [1100, '1.1µs'],
    [13445502, '13.445502ms'],
    [1e9, '1s'],
    [61e9, '1m1s'],
    [3600e9, '1h0m0s'],
    [3723500e6, '1h2m3.5s'],
    [-1e6, '-1ms'],
  ])('writes %s as %s', (nanoseconds, text) => expect(formatDuration(nanoseconds)).toBe(text));
});
