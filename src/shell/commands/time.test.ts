import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { age, localMinute, localTime, relativeTime } from './time.ts';

beforeEach(() => void vi.stubEnv('TZ', 'UTC'));
afterEach(() => void vi.unstubAllEnvs());

const now = new Date('2017-03-10T12:00:00Z');

it.each([
  ['2017-03-10T12:00:00Z', '0 seconds ago', '0 s'],
  ['2017-03-10T11:59:00Z', '1 minute ago', '1 min'],
  ['2017-03-09T12:00:01Z', '23 hours ago', '23 h'],
  ['2017-03-07T12:00:00Z', '3 days ago', '3 d'],
  ['2016-11-10T12:00:00Z', '3 months ago', '3 mo'],
  ['2015-01-10T12:00:00Z', '2 years ago', '2 y'],
  ['2017-03-10T14:00:00Z', 'in 2 hours', '-2 h'],
])('%s is %s', (time, long, short) => {
  expect(relativeTime(new Date(time), now)).toBe(long);
  expect(age(new Date(time), now)).toBe(short);
});

it('shows local times with their zone', () => {
  expect(localTime(now)).toBe('2017-03-10 12:00:00 +00:00');
  expect(localMinute(now)).toBe('2017-03-10 12:00');
});
