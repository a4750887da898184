import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import { readDecimal } from '../keystring/decimal-bits.ts';

/** Whether a value is the decimal NaN. */
export function isNaNDecimal(value: Value): boolean {
  return value.type === BsonType.decimal && readDecimal(value.bytes, value.start).kind === 'nan';
}
