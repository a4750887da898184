import { BsonType } from './types.ts';
import type { Value } from './value.ts';

/**
 * A fast path of the exact comparison for ints and for decimals of at most 53 bits without allocation: prices and amounts, that is nearly all
 * decimals there are.
 */

/** -1, 0 or 1, or undefined if a number is too large for this way or not finite. */
export function compareSmall(a: Value, b: Value): number | undefined {
  let left = coefficientOf(a);
  let right = coefficientOf(b);
  const difference = exponentOf(a) - exponentOf(b);
  if (difference > 15 || difference < -15) return undefined;
  if (difference > 0) left *= powers[difference] as number;
  else if (difference < 0) right *= powers[-difference] as number;
  if (!(Math.abs(left) <= Number.MAX_SAFE_INTEGER && Math.abs(right) <= Number.MAX_SAFE_INTEGER))
    return undefined;
  return left < right ? -1 : left > right ? 1 : 0;
}

const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** With its sign; NaN if it does not fit. */
function coefficientOf({ type, bytes, start }: Value): number {
  if (type === BsonType.int) return bytes.readInt32LE(start);
  if (type !== BsonType.decimal) return NaN;
  const top = bytes.readUInt32LE(start + 12);
  const second = bytes.readUInt32LE(start + 4);
  const isLarge = (top & 0x1_ffff) !== 0 || bytes.readUInt32LE(start + 8) !== 0 || second >= 0x20_0000;
  // Both bits set: infinity, NaN or a coefficient out of range.
  if (isLarge || (top & 0x6000_0000) === 0x6000_0000) return NaN;
  const coefficient = second * 0x1_0000_0000 + bytes.readUInt32LE(start);
  return top >= 0x8000_0000 ? -coefficient : coefficient;
}

function exponentOf({ type, bytes, start }: Value): number {
  return type === BsonType.decimal ? ((bytes.readUInt32LE(start + 12) >>> 17) & 0x3fff) - 6176 : 0;
}
