import type { Value } from '../../../bson/value.ts';

/** A moment in the proleptic Gregorian calendar, UTC. Beyond the range of JavaScript's Date too. */
export interface Calendar {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  /** 1 to 366. */
  dayOfYear: number;
  /** 1 is Sunday, 7 Saturday. */
  dayOfWeek: number;
}

const dayLength = 86_400_000n;

/** Takes apart `milliseconds` since the epoch (any 64-bit number). */
export function calendarOf(milliseconds: bigint): Calendar {
  let inDay = milliseconds % dayLength;
  if (inDay < 0n) inDay += dayLength;
  const days = Number((milliseconds - inDay) / dayLength);
  const rest = Number(inDay);
  const { year, month, day } = dateOfDays(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1000) % 60,
    millisecond: rest % 1000,
    dayOfYear: days - daysOfDate(year, 1, 1) + 1,
    dayOfWeek: modulo(days + 4, 7) + 1,
  };
}

// The year of these two counts from March, so that the leap day is the last; 719468 days lie from 1 March 0 to 1970.

function dateOfDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

/** Days from 1970-01-01 to a date; `month` is 1 to 12. */
export function daysOfDate(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** 1 for Monday to 7 for Sunday. */
export function isoDayOfWeek(date: Calendar): number {
  return modulo(date.dayOfWeek - 2, 7) + 1;
}

/** The week of ISO 8601 (1 to 53) and the year that it belongs to. */
export function isoWeek(date: Calendar): { week: number; year: number } {
  const week = Math.floor((date.dayOfYear - isoDayOfWeek(date) + 10) / 7);
  if (week < 1) return { week: weeksOfYear(date.year - 1), year: date.year - 1 };
  if (week > weeksOfYear(date.year)) return { week: 1, year: date.year + 1 };
  return { week, year: date.year };
}

/** Whole weeks from Sundays: days before the year's first Sunday are in week 0. */
export function sundayWeek(date: Calendar): number {
  return Math.floor((date.dayOfYear - date.dayOfWeek + 7) / 7);
}

function weeksOfYear(year: number): number {
  const lastDay = modulo(daysOfDate(year, 12, 31) + 3, 7) + 1;
  const firstDay = modulo(daysOfDate(year, 1, 1) + 3, 7) + 1;
  return lastDay === 4 || firstDay === 4 ? 53 : 52;
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}

/** A date as $substr and $toLower show it: no milliseconds, the year without leading zeros. */
export function dateText(milliseconds: bigint): string {
  const date = calendarOf(milliseconds);
  const day = `${date.year}-${two(date.month)}-${two(date.day)}`;
  return `${day}T${two(date.hour)}:${two(date.minute)}:${two(date.second)}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A timestamp as $substr and $toLower show it: `Jul 14 02:40:00:3`, with the increment in hexadecimal. */
export function timestampText(timestamp: Value): string {
  const increment = timestamp.bytes.readUInt32LE(timestamp.start);
  const seconds = timestamp.bytes.readUInt32LE(timestamp.start + 4);
  const date = calendarOf(BigInt(seconds) * 1000n);
  const time = `${two(date.hour)}:${two(date.minute)}:${two(date.second)}`;
  const month = months[date.month - 1] ?? '';
  return `${month} ${String(date.day).padStart(2)} ${time}:${increment.toString(16)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
