import { doubleOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import { readDecimal } from '../keystring/decimal-bits.ts';

/** The decimal NaN. */
function isNaNDecimal(value: Value): boolean {
  return value.type === BsonType.decimal && readDecimal(value.bytes, value.start).kind === 'nan';
}

/** Whether a value is NaN, of either kind. */
export function isNaNValue(value: Value): boolean {
  return value.type === BsonType.double ? Number.isNaN(doubleOf(value)) : isNaNDecimal(value);
}
