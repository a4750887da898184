import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { date, evaluate, failure, int } from '../../../../test/support/expressions.ts';
import { calendarOf, daysOfDate } from './calendar.ts';

describe('parts of dates', () => {
  it.each([
    ['2017-01-01', { $week: int(1), $isoWeek: int(52), $isoWeekYear: int(2016), $isoDayOfWeek: int(7) }],
    ['2016-12-31', { $week: int(52), $isoWeek: int(52), $dayOfYear: int(366), $dayOfWeek: int(7) }],
    ['2018-12-31', { $week: int(52), $isoWeek: int(1), $isoWeekYear: int(2019), $isoDayOfWeek: int(1) }],
    ['2015-12-31', { $isoWeek: int(53), $isoWeekYear: int(2015) }],
    ['1969-12-31T23:59:59.999Z', { $year: int(1969), $second: int(59), $millisecond: int(999) }],
    ['0001-01-01', { $year: int(1), $dayOfWeek: int(2), $hour: int(0) }],
  ])('%s', (text, parts) => {
    for (const [name, value] of Object.entries(parts)) {
      expect(evaluate({ [name]: date(Date.parse(text)) }), name).toEqual(value);
    }
  });

  it('takes timestamps by their seconds, and nothing else', () => {
    expect(evaluate({ $year: { $timestamp: { t: 1500000000, i: 3 } } })).toEqual(int(2017));
    expect(failure({ $year: null })).toBe(16006);
    expect(failure({ $year: '$none' })).toBe(16006);
    expect(failure({ $year: '2017' })).toBe(16006);
  });

  it('reaches beyond JavaScript dates', () => {
    expect(evaluate({ $year: date('9223372036854775807') })).toEqual(int(292278994));
  });
});

describe('calendarOf', () => {
  it('agrees with Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (milliseconds) => {
        const js = new Date(milliseconds);
        const found = calendarOf(BigInt(milliseconds));
        const { year, month, day, hour, minute, second, millisecond } = found;
        expect([year, month, day, hour, minute, second, millisecond]).toEqual([
          js.getUTCFullYear(),
          js.getUTCMonth() + 1,
          js.getUTCDate(),
          js.getUTCHours(),
          js.getUTCMinutes(),
          js.getUTCSeconds(),
          js.getUTCMilliseconds(),
        ]);
        expect(found.dayOfWeek).toBe(js.getUTCDay() + 1);
        expect(daysOfDate(year, month, day)).toBe(Math.floor(milliseconds / 86_400_000));
      }),
    );
  });
});

describe('$dateToString', () => {
  const when = date(Date.parse('2017-07-14T02:40:05.006Z'));

  it.each([
    ['%Y-%m-%dT%H:%M:%S.%L', '2017-07-14T02:40:05.006'],
    ['%j %U %u %V %G %w %%', '195 28 5 28 2017 6 %'],
    ['年%Y', '年2017'],
    ['', ''],
  ])('%s', (format, text) => {
    expect(evaluate({ $dateToString: { format, date: when } })).toBe(text);
  });

  it('gives null for no date', () => {
    expect(evaluate({ $dateToString: { format: '%Y', date: '$none' } })).toBe(null);
  });

  it.each([
    [{ format: 'x%', date: when }, 18535],
    [{ format: '%z', date: when }, 18536],
    [{ format: int(1), date: when }, 18533],
    [{ date: when }, 18627],
    [{ format: '%Y' }, 18628],
    [{ format: '%Y', date: when, timezone: 'UTC' }, 18534],
    [{ format: '%Y', date: date(253402300800000) }, 18537],
    [{ format: '%Y', date: 'a' }, 16006],
    ['a', 18629],
  ])('%j fails with %i', (argument, code) => {
    expect(failure({ $dateToString: argument })).toBe(code);
  });
});
