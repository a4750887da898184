import { decimalBias, maxDigits, powerOfTen, type Decimal } from './exact.ts';

/** What the 16 bytes of a decimal128 hold. Source: IEEE 754-2008, binary integer decimal encoding. */
export type DecimalParts =
  | { kind: 'nan' }
  | { kind: 'infinity'; negative: boolean }
  | { kind: 'zero'; negative: boolean; biasedExponent: number }
  | { kind: 'finite'; negative: boolean; value: Decimal };

const limit = powerOfTen(maxDigits);

/** Reads a decimal128 at `start`. Patterns that are not canonical count as zero. */
export function readDecimal(bytes: Buffer, start: number): DecimalParts {
  const low = bytes.readBigUInt64LE(start);
  const high = bytes.readBigUInt64LE(start + 8);
  const negative = high >> 63n === 1n;
  const combination = Number((high >> 58n) & 31n);
  if (combination === 31) return { kind: 'nan' };
  if (combination === 30) return { kind: 'infinity', negative };
  if (combination >= 24) {
    return { kind: 'zero', negative, biasedExponent: Number((high >> 47n) & 0x3fffn) };
  }
  const biasedExponent = Number((high >> 49n) & 0x3fffn);
  const coefficient = ((high & 0x1ffffffffffffn) << 64n) | low;
  if (coefficient === 0n || coefficient >= limit) return { kind: 'zero', negative, biasedExponent };
  return { kind: 'finite', negative, value: { coefficient, exponent: biasedExponent - decimalBias } };
}

/** The 16 bytes of a finite decimal or a zero. */
export function writeDecimal(negative: boolean, coefficient: bigint, biasedExponent: number): Buffer {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeBigUInt64LE(coefficient & 0xffffffffffffffffn, 0);
  const sign = negative ? 1n << 63n : 0n;
  bytes.writeBigUInt64LE(sign | (BigInt(biasedExponent) << 49n) | (coefficient >> 64n), 8);
  return bytes;
}

/** The 16 bytes of NaN or an infinity. */
export function writeSpecialDecimal(kind: 'nan' | 'infinity', negative: boolean): Buffer {
  const bytes = Buffer.alloc(16);
  bytes[15] = (kind === 'nan' ? 0x7c : 0x78) | (negative ? 0x80 : 0);
  return bytes;
}
