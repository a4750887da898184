import { readDecimal } from './decimal-bits.ts';
import {
  binaryParts,
  bitsOf,
  compareDecimals,
  decimalBias,
  decimalOfDouble,
  difference,
  doubleBelow,
  largestDouble,
  maxDigits,
  multiply,
  powerOfTen,
  roundedUp,
  sameNumber,
  smallestNormal,
  toDigits,
  toFullPrecision,
  type Decimal,
} from './exact.ts';
import { KeyType, type KeyVersion } from './key-types.ts';
import type { KeyWriter } from './key-writer.ts';
import type { TypeBitsWriter } from './type-bits.ts';

const two53 = 2 ** 53;
const two63 = 2 ** 63;
const smallLimit = 2 ** -255;
const scaleUp = 2 ** 256;
const scaledFlag = 1n << 62n;

/** How a double stands to the decimal it begins: equal, or the code for what follows ("decimal continuation marker"). */
const exactly = 0;
const continuedBelow = 1;
const roundedTo15 = 2;
const continuedAbove = 3;

/** Writes an int32 or int64 (the caller appends its TypeBits). */
export function encodeInteger(value: bigint, out: KeyWriter, version: KeyVersion): void {
  if (value === 0n) out.byte(KeyType.zero);
  else if (value === -(1n << 63n)) encodeFinite(two63, true, exactly, out, version);
  else magnitude(value < 0n ? -value : value, 0n, value < 0n, out);
}

/** Writes a double and its TypeBits. */
export function encodeDouble(value: number, out: KeyWriter, bits: TypeBitsWriter, version: KeyVersion): void {
  if (Object.is(value, -0)) bits.append(version === 0 ? 0b11 : 0b11000, version === 0 ? 2 : 5);
  else bits.append(0b10, 2);
  if (Number.isNaN(value)) out.byte(KeyType.nan);
  else if (value === 0) out.byte(KeyType.zero);
  else encodeFinite(Math.abs(value), value < 0, exactly, out, version);
}

/** Writes a decimal128 and its TypeBits; only version 1 keys hold decimals. */
export function encodeDecimal(bytes: Buffer, start: number, out: KeyWriter, bits: TypeBitsWriter): void {
  const parts = readDecimal(bytes, start);
  switch (parts.kind) {
    case 'nan':
      bits.append(0b11, 2);
      out.byte(KeyType.nan);
      return;
    case 'infinity':
      bits.append(0b11, 2);
      encodeFinite(Infinity, parts.negative, exactly, out, 1);
      return;
    case 'zero': {
      const code = parts.biasedExponent + (parts.negative ? 12288 : 0);
      bits.append(26 + (code >> 12), 5);
      bits.append(code & 4095, 12);
      out.byte(KeyType.zero);
      return;
    }
    case 'finite':
      bits.append(0b11, 2);
      bits.append((parts.value.exponent + decimalBias) & 63, 6);
      encodeMagnitude(parts.value, parts.negative, out);
  }
}

function encodeMagnitude(value: Decimal, negative: boolean, out: KeyWriter): void {
  const bin = doubleBelow(value);
  if (bin > 0 && sameNumber(decimalOfDouble(bin), value)) {
    encodeFinite(bin, negative, exactly, out, 1);
  } else if (bin < smallestNormal) {
    tiny(value, bin, negative, out);
  } else if (bin === largestDouble) {
    out.byte(negative ? KeyType.hugeNegative : KeyType.hugePositive);
    fullDecimal(value, 1n << 63n, negative, out);
  } else if (bin >= two63 || bin < smallLimit) {
    encodeFinite(bin, negative, 1, out, 1);
    continuation(value, roundedUp(bin, maxDigits), negative, out);
  } else if (bin >= two53) {
    largeInteger(value, negative, out);
  } else {
    const short = roundedUp(bin, 15);
    if (value.coefficient < powerOfTen(15) || sameNumber(short, value)) {
      encodeFinite(bin, negative, roundedTo15, out, 1);
    } else {
      const marker = compareDecimals(value, short) < 0 ? continuedBelow : continuedAbove;
      encodeFinite(bin, negative, marker, out, 1);
      continuation(value, roundedUp(bin, maxDigits), negative, out);
    }
  }
}

/** 2^53 and more: the integer part exactly, then what is left. */
function largeInteger(value: Decimal, negative: boolean, out: KeyWriter): void {
  const whole =
    value.exponent >= 0
      ? value.coefficient * powerOfTen(value.exponent)
      : value.coefficient / powerOfTen(-value.exponent);
  const integer = { coefficient: whole, exponent: 0 };
  if (sameNumber(integer, value)) {
    magnitude(whole, 0n, negative, out);
    return;
  }
  magnitude(whole, 1n, negative, out);
  if (whole < 1n << 55n) out.integer(BigInt(continuedAbove), 1, negative);
  continuation(value, integer, negative, out);
}

function continuation(value: Decimal, below: Decimal, negative: boolean, out: KeyWriter): void {
  out.integer(difference(value, below, toFullPrecision(below).exponent), 8, negative);
}

/** Below the smallest normal double. `scaled` doubles carry most of it; without even a subnormal, all 34 digits follow. */
function tiny(value: Decimal, bin: number, negative: boolean, out: KeyWriter): void {
  out.byte(negative ? KeyType.smallNegative : KeyType.smallPositive);
  if (bin === 0) {
    fullDecimal(value, 0n, negative, out);
    return;
  }
  const scaled = Math.max(doubleBelow(multiply(value, scaleUpDecimal)), bin * scaleUp);
  out.integer(((bitsOf(scaled) << 1n) | 1n) + scaledFlag, 8, negative);
  const below = scaledDown(scaled);
  out.integer(difference(value, below, below.exponent), 8, negative);
}

const scaleUpDecimal = toDigits({ coefficient: 1n << 256n, exponent: 0 }, maxDigits, false);
const scaleDownDecimal = toDigits({ coefficient: 5n ** 256n, exponent: -256 }, maxDigits, false);

/** A scaled double back at its place, in 34 digits toward zero: what a continuation is counted from. */
export function scaledDown(scaled: number): Decimal {
  return toFullPrecision(multiply(toDigits(decimalOfDouble(scaled), maxDigits, false), scaleDownDecimal));
}

function fullDecimal(value: Decimal, flag: bigint, negative: boolean, out: KeyWriter): void {
  const { coefficient, exponent } = toFullPrecision(value);
  const high = (BigInt(exponent + decimalBias) << 49n) | (coefficient >> 64n);
  out.integer(flag | high, 8, negative);
  out.integer(coefficient & 0xffffffffffffffffn, 8, negative);
}

/** An integer part with its low bit saying whether more follows. */
function magnitude(whole: bigint, more: bigint, negative: boolean, out: KeyWriter): number {
  const content = (whole << 1n) | more;
  const length = byteLength(content);
  out.byte(integerType(length, negative));
  out.integer(content, length, negative);
  return length;
}

function integerType(length: number, negative: boolean): number {
  return negative ? KeyType.negative1 - (length - 1) : KeyType.positive1 + (length - 1);
}

function byteLength(value: bigint): number {
  return (value.toString(16).length + 1) >> 1;
}

/** A positive double (or infinity); `marker` is kept in its low bits for a decimal that goes on. */
function encodeFinite(
  value: number,
  negative: boolean,
  marker: number,
  out: KeyWriter,
  version: KeyVersion,
): void {
  if (value >= two63) huge(value, negative, marker, out, version);
  else if (value < 1) small(value, negative, marker, out, version);
  else if (marker === exactly && Number.isInteger(value)) magnitude(BigInt(value), 0n, negative, out);
  else fractional(value, negative, marker, out, version);
}

function huge(value: number, negative: boolean, marker: number, out: KeyWriter, version: KeyVersion): void {
  out.byte(negative ? KeyType.hugeNegative : KeyType.hugePositive);
  if (version === 0) out.integer(bitsOf(negative ? -value : value), 8, negative);
  else if (value === Infinity) out.integer(0xffffffffffffffffn, 8, negative);
  else out.integer(((bitsOf(value) << 1n) & 0x7fffffffffffffffn) | BigInt(marker), 8, negative);
}

function small(value: number, negative: boolean, marker: number, out: KeyWriter, version: KeyVersion): void {
  out.byte(negative ? KeyType.smallNegative : KeyType.smallPositive);
  if (version === 0) out.integer(bitsOf(negative ? -value : value), 8, negative);
  else if (value >= smallLimit) out.integer((bitsOf(value) << 2n) | BigInt(marker), 8, negative);
  else out.integer(((bitsOf(value * scaleUp) << 1n) | BigInt(marker)) + scaledFlag, 8, negative);
}

function fractional(
  value: number,
  negative: boolean,
  marker: number,
  out: KeyWriter,
  version: KeyVersion,
): void {
  const { significand, exponent } = binaryParts(value);
  const fractionBits = -exponent;
  const whole = significand >> BigInt(fractionBits);
  const fraction = significand & ((1n << BigInt(fractionBits)) - 1n);
  const content = (whole << 1n) | 1n;
  const length = byteLength(content);
  if (version === 0) {
    magnitude(whole, 1n, negative, out);
    out.integer(fraction, Math.ceil(fractionBits / 8), negative);
    return;
  }
  const rest = 8 * (8 - length);
  out.byte(integerType(length, negative));
  out.integer(
    (content << BigInt(rest)) + (fraction << BigInt(rest - fractionBits)) + BigInt(marker),
    8,
    negative,
  );
}
