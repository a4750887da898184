import { toDouble } from '../../bson/numbers.ts';
import { isNumberType } from '../../bson/types.ts';
import { items, type Value } from '../../bson/value.ts';
import type { Point } from './shape.ts';

/** A number of any type, or undefined. */
export function coordinate(value: Value | undefined): number | undefined {
  return value !== undefined && isNumberType(value.type) ? toDouble(value) : undefined;
}

/**
 * A legacy pair: an array or document whose first two values are finite numbers, whatever their names; in a query it must
 * have no third one. Returns the reason as mongod says it if it is none.
 */
export function parsePair(value: Value | undefined, inQuery = false): Point | string {
  if (value === undefined || !(value.isArray() || value.isDocument()))
    return 'Point must be an array or object';
  const [first, second, third] = items(value);
  const x = coordinate(first);
  const y = coordinate(second);
  if (x === undefined || y === undefined) return 'Point must only contain numeric elements';
  if (inQuery && third !== undefined) return 'Point must only contain two numeric elements';
  if (!Number.isFinite(x) || !Number.isFinite(y)) return 'Point coordinates must be finite numbers';
  return { x, y };
}

/** Whether a value is read as a legacy pair, whatever else it holds: an array, or a document that begins with a number. */
export function isLegacy(value: Value): boolean {
  if (!value.isDocument()) return value.isArray();
  const [first] = items(value);
  return coordinate(first) !== undefined;
}
