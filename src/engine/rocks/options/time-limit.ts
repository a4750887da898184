import { numberOf } from '../../../bson/access.ts';
import { BsonType, isNumberType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
import { toLong } from './numbers.ts';

/** The reason of a signal that ended a command because its time was up. */
export class TimeLimitExceeded extends Error {
  override readonly name = 'TimeLimitExceeded';
}

/** The command's maxTimeMS in milliseconds; 0 is no limit. Throws BadValue. */
export function maxTimeOf(command: Value): number {
  const value = field(command, 'maxTimeMS');
  if (value === undefined) return 0;
  if (!isNumberType(value.type)) throw badValue('maxTimeMS must be a number');
  const time = toLong(value) ?? 0n;
  if (time < 0n || time > 0x7fffffffn) throw badValue('maxTimeMS is out of range');
  if (value.type === BsonType.double && !Number.isInteger(numberOf(value))) {
    throw badValue('maxTimeMS has non-integral value');
  }
  return Number(time);
}

/** A signal that also ends after `limitMs` (0: never); `done` must be called when the command has ended. */
export function withTimeLimit(
  signal: AbortSignal,
  limitMs: number,
): { signal: AbortSignal; done: () => void } {
  if (limitMs === 0) return { signal, done: () => undefined };
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new TimeLimitExceeded('operation exceeded time limit'));
  }, limitMs);
  return {
    signal: AbortSignal.any([signal, limit.signal]),
    done: () => {
      clearTimeout(timer);
    },
  };
}
