import { doubleOf } from '../../bson/access.ts';
import { toDouble } from '../../bson/numbers.ts';
import { printElement } from '../../bson/print.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, type Element } from '../../bson/value.ts';
import { badValue } from '../errors.ts';
import { castToInt, castToLong } from './cast.ts';

/**
 * The bit positions that a `$bitsAllSet` and its like name: by an array of positions, a number or binary data. Throws CommandError as mongod 3.4 does.
 */
export function parseBitPositions(path: string, operator: Element): number[] {
  const { value } = operator;
  if (value.type === BsonType.array) return [...elements(value)].map(parsePosition);
  if (isNumberType(value.type)) return positionsOfMask(parseMask(path, operator));
  if (value.type === BsonType.binData) {
    return positionsOfBytes(value.bytes.subarray(value.start + 5, value.end));
  }
  throw badValue(`${path} takes an Array, a number, or a BinData but received: ${printElement(operator)}`);
}

function parsePosition(element: Element): number {
  const { value } = element;
  const text = printElement(element);
  if (!isNumberType(value.type)) throw badValue(`bit positions must be an integer but got: ${text}`);
  if (value.type === BsonType.double || value.type === BsonType.long) {
    const number = toDouble(value);
    if (Number.isNaN(number)) throw badValue(`bit positions cannot take a NaN: ${text}`);
    if (number > 0x7fff_ffff || number < -0x8000_0000) {
      throw badValue(`bit positions cannot be represented as a 32-bit signed integer: ${text}`);
    }
    if (!Number.isInteger(number)) throw badValue(`bit positions must be an integer but got: ${text}`);
  }
  const position = castToInt(value);
  if (position < 0n) throw badValue(`bit positions must be >= 0 but got: ${text}`);
  return Number(position);
}

function parseMask(path: string, operator: Element): bigint {
  const { value } = operator;
  const text = printElement(operator);
  if (value.type === BsonType.double) {
    const double = doubleOf(value);
    if (Number.isNaN(double)) throw badValue(`${path} cannot take a NaN`);
    if (double >= 2 ** 63 || double < -(2 ** 63)) {
      throw badValue(`${path} cannot be represented as a 64-bit integer: ${text}`);
    }
    if (!Number.isInteger(double)) {
      throw badValue(`${path} cannot have a fractional part but received: ${text}`);
    }
  }
  const mask = castToLong(value);
  if (mask < 0n) throw badValue(`${path} cannot take a negative number: ${text}`);
  return mask;
}

function positionsOfMask(mask: bigint): number[] {
  const positions: number[] = [];
  for (let bit = 0; bit < 64; bit++) if ((mask >> BigInt(bit)) & 1n) positions.push(bit);
  return positions;
}

function positionsOfBytes(bytes: Buffer): number[] {
  const positions: number[] = [];
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) positions.push(index * 8 + bit);
  }
  return positions;
}
