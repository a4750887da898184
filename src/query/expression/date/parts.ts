import { dateOf } from '../../../bson/access.ts';
import { intValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { unary } from '../nary.ts';
import type { OperatorEntry } from '../operator.ts';
import { typeName } from '../type-name.ts';
import { calendarOf, isoDayOfWeek, isoWeek, sundayWeek, type Calendar } from './calendar.ts';

/** A date's milliseconds since the epoch; a timestamp counts by its seconds. Throws 16006 for all else, null too. */
export function toMilliseconds(value: Value | undefined): bigint {
  if (value?.type === BsonType.date) return dateOf(value);
  if (value?.type === BsonType.timestamp) return BigInt(value.bytes.readUInt32LE(value.start + 4)) * 1000n;
  throw location(16006, `can't convert from BSON type ${typeName(value)} to Date`);
}

function part(name: string, of: (date: Calendar) => number): OperatorEntry {
  return unary(name, (value) => intValue(of(calendarOf(toMilliseconds(value)))));
}

/** Parts of a date in UTC, all of them ints. */
export const datePartOperators: readonly OperatorEntry[] = [
  part('$year', (date) => date.year),
  part('$month', (date) => date.month),
  part('$dayOfMonth', (date) => date.day),
  part('$hour', (date) => date.hour),
  part('$minute', (date) => date.minute),
  part('$second', (date) => date.second),
  part('$millisecond', (date) => date.millisecond),
  part('$dayOfYear', (date) => date.dayOfYear),
  part('$dayOfWeek', (date) => date.dayOfWeek),
  part('$week', sundayWeek),
  part('$isoDayOfWeek', isoDayOfWeek),
  part('$isoWeek', (date) => isoWeek(date).week),
  part('$isoWeekYear', (date) => isoWeek(date).year),
];
