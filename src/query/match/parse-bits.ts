import { doubleOf } from '../../bson/access.ts';
import { toDouble } from '../../bson/numbers.ts';
import { printElement } from '../../bson/print.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, type Element } from '../../bson/value.ts';
import { badValue } from '../errors.ts';
import { castToInt, castToLong } from './cast.ts';

/** Which bits a test looks at. */
export interface Bits {
  /** In binary data. */
  readonly positions: readonly number[];
  /** In numbers: 64 bits, as an unsigned number. */
  readonly mask: bigint;
}

/**
 * The bits that a `$bitsAllSet` and its like name: by an array of positions, a number or binary data. Throws CommandError as mongod 3.4 does.
 */
export function parseBits(path: string, operator: Element): Bits {
  const { value } = operator;
  if (value.type === BsonType.array) {
    const positions = [...elements(value)].map(parsePosition);
    return { positions, mask: maskOf(positions) };
  }
  if (isNumberType(value.type)) {
    const mask = parseMask(path, operator);
    return { positions: positionsOfMask(mask), mask };
  }
  if (value.type === BsonType.binData) {
    const bytes = value.bytes.subarray(value.start + 5, value.end);
    return { positions: positionsOfBytes(bytes), mask: maskOfBytes(bytes) };
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

/** A number's sign goes on for ever: every bit above the last is the last. */
function maskOf(positions: readonly number[]): bigint {
  return positions.reduce((mask, position) => mask | (1n << BigInt(Math.min(position, 63))), 0n);
}

/**
 * Bytes are signed in mongod: one of 0x80 and above sets all bits over it too. Those past the eighth stand for the sign.
 */
function maskOfBytes(bytes: Buffer): bigint {
  let mask = 0n;
  for (const [index, byte] of bytes.entries()) {
    if (byte === 0) continue;
    mask |= index < 8 ? BigInt.asIntN(8, BigInt(byte)) << BigInt(index * 8) : 1n << 63n;
  }
  return BigInt.asUintN(64, mask);
}

function positionsOfBytes(bytes: Buffer): number[] {
  const positions: number[] = [];
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) positions.push(index * 8 + bit);
  }
  return positions;
}
