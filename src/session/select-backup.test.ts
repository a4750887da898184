import { describe, expect, it, vi } from 'vitest';
import { endOfTime, selectBackup, startOfDay } from './select-backup.ts';

const backups = [
  { id: '0', date: new Date('2017-02-27T10:00:00Z') },
  { id: '1', date: new Date('2017-03-01T10:00:00Z') },
  { id: '2', date: new Date('2017-03-01T12:00:00Z') },
  { id: '7', date: new Date('2017-04-02T12:00:00Z') },
];
const idOf = (words: string, current?: string): string | undefined =>
  selectBackup(backups, words, current)?.backup.id;

describe('selectBackup', () => {
  it('takes an id before anything else', () => {
    expect(selectBackup(backups, '2')).toEqual({ backup: backups[2], byTime: false });
    expect(idOf('3')).toBeUndefined();
  });

  it('knows first, latest and steps from the current one', () => {
    expect(idOf('first')).toBe('0');
    expect(idOf('latest')).toBe('7');
    expect(idOf('-1', '7')).toBe('2');
    expect(idOf('+1', '2')).toBe('7');
    expect(idOf('-1', '0')).toBeUndefined();
    expect(idOf('+1', '7')).toBeUndefined();
    expect(idOf('-1')).toBeUndefined();
  });

  it('takes the last backup at or before a time', () => {
    expect(idOf('2017-03')).toBe('2');
    expect(idOf('2017-03-01')).toBe('2');
    expect(idOf('2017-03-01T11:59Z')).toBe('1');
    expect(idOf('2017-03-01 10:00:00Z')).toBe('1');
    expect(idOf('2017-03-01T09:59:59Z')).toBe('0');
    expect(idOf('2017-01-01')).toBeUndefined();
  });
});

describe('endOfTime', () => {
  it('accepts zones', () => {
    expect(endOfTime('2017-03-01T12:00:00.5+0200')?.toISOString()).toBe('2017-03-01T10:00:00.500Z');
  });

  it('ends a month where it ends in its zone, wherever this is', () => {
    for (const place of ['America/New_York', 'UTC', 'Asia/Tokyo']) {
      vi.stubEnv('TZ', place);
      expect(endOfTime('2017-10Z')?.toISOString()).toBe('2017-10-31T23:59:59.999Z');
      expect(endOfTime('2017-12-31+0200')?.toISOString()).toBe('2017-12-31T21:59:59.999Z');
      expect(startOfDay('2017-10Z')?.toISOString()).toBe('2017-10-01T00:00:00.000Z');
      expect(startOfDay('2017-10-05 14:30-01:30')?.toISOString()).toBe('2017-10-05T01:30:00.000Z');
      expect(startOfDay('2017-10')).toEqual(new Date(2017, 9, 1));
    }
    vi.unstubAllEnvs();
  });

  it('refuses what is no date', () => {
    for (const words of ['yesterdayish', '2017', '2017-13-01', '2017-02-30', '12', '']) {
      expect(endOfTime(words)).toBeUndefined();
    }
  });
});
