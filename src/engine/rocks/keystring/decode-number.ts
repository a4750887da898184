import { doubleValue, intValue, longValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import { Value } from '../../../bson/value.ts';
import { damagedKey } from './damaged-key.ts';
import { writeDecimal, writeSpecialDecimal } from './decimal-bits.ts';
import { scaledDown } from './encode-number.ts';
import {
  decimalBias,
  decimalOfDouble,
  digits,
  doubleOfBits,
  maxDigits,
  powerOfTen,
  roundedUp,
  toFullPrecision,
  type Decimal,
} from './exact.ts';
import type { KeyReader } from './key-reader.ts';
import { KeyType, type KeyVersion } from './key-types.ts';
import type { TypeBitsReader } from './type-bits.ts';

const int = 0b00;
const long = 0b01;
const double = 0b10;
const scaledFlag = 1n << 62n;
const tinyScaledLimit = 2 ** -766;

/** What the bytes of a number say: its magnitude as an integer, a double, or a decimal with what follows the double. */
type Magnitude =
  | { kind: 'integer'; whole: bigint }
  | { kind: 'double'; value: number }
  | { kind: 'decimal'; value: Decimal };

/** The number whose type byte `type` was read; the reader stands after it. Throws DamagedKey. */
export function decodeNumber(
  type: number,
  reader: KeyReader,
  bits: TypeBitsReader,
  version: KeyVersion,
): Value {
  if (type === KeyType.zero) return decodeZero(bits, version);
  const numberType = bits.read(2);
  if (type === KeyType.nan) {
    return numberType === double ? doubleValue(NaN) : decimal(writeSpecialDecimal('nan', false));
  }
  const negative = type <= KeyType.smallNegative;
  const magnitude = readMagnitude(type, negative, reader, version);
  if (numberType === int || numberType === long) return integerValue(magnitude, negative, numberType);
  if (numberType === double) return doubleValue(asDouble(magnitude) * (negative ? -1 : 1));
  return decimalValue(magnitude, negative, bits);
}

/** Steps over a number's content without building it. */
export function skipNumber(type: number, reader: KeyReader, version: KeyVersion): void {
  if (type === KeyType.zero || type === KeyType.nan) return;
  readMagnitude(type, type <= KeyType.smallNegative, reader, version);
}

function decodeZero(bits: TypeBitsReader, version: KeyVersion): Value {
  switch (bits.read(2)) {
    case int:
      return intValue(0);
    case long:
      return longValue(0n);
    case double:
      return doubleValue(0);
  }
  if (version === 0) return doubleValue(-0);
  const rest = bits.read(3);
  if (rest === 0) return doubleValue(-0);
  if (rest === 1) throw damagedKey('a zero of unknown type');
  const code = ((rest - 2) << 12) | bits.read(12);
  return decimal(writeDecimal(code >= 12288, 0n, code >= 12288 ? code - 12288 : code));
}

function decimal(bytes: Buffer): Value {
  return new Value(BsonType.decimal, bytes, 0, 16);
}

function integerValue(magnitude: Magnitude, negative: boolean, numberType: number): Value {
  const whole =
    magnitude.kind === 'integer'
      ? magnitude.whole
      : magnitude.kind === 'double' && magnitude.value === 2 ** 63
        ? 1n << 63n
        : undefined;
  if (whole === undefined) throw damagedKey('an integer with a fraction');
  const value = negative ? -whole : whole;
  if (numberType === long) return longValue(BigInt.asIntN(64, value));
  if (BigInt.asIntN(32, value) !== value) throw damagedKey('a 32-bit integer that is too large');
  return intValue(Number(value));
}

function asDouble(magnitude: Magnitude): number {
  if (magnitude.kind === 'decimal') throw damagedKey('a double with more digits than it can have');
  return magnitude.kind === 'integer' ? Number(magnitude.whole) : magnitude.value;
}

function decimalValue(magnitude: Magnitude, negative: boolean, bits: TypeBitsReader): Value {
  if (magnitude.kind === 'double' && magnitude.value === Infinity) {
    return decimal(writeSpecialDecimal('infinity', negative));
  }
  const value =
    magnitude.kind === 'integer'
      ? { coefficient: magnitude.whole, exponent: 0 }
      : magnitude.kind === 'double'
        ? decimalOfDouble(magnitude.value)
        : magnitude.value;
  return decimal(withPrecision(value, bits.read(6), negative));
}

/** The one way to write the number whose biased exponent ends in the stored six bits. */
function withPrecision(value: Decimal, exponentBits: number, negative: boolean): Buffer {
  let { coefficient, exponent } = value;
  while (coefficient % 10n === 0n && coefficient !== 0n) {
    coefficient /= 10n;
    exponent++;
  }
  const zeros = (((exponent + decimalBias - exponentBits) % 64) + 64) % 64;
  if (digits(coefficient) + zeros > maxDigits) throw damagedKey('a decimal with too many digits');
  const biased = exponent - zeros + decimalBias;
  if (biased < 0) throw damagedKey('a decimal whose exponent is too small');
  return writeDecimal(negative, coefficient * powerOfTen(zeros), biased);
}

function readMagnitude(type: number, negative: boolean, reader: KeyReader, version: KeyVersion): Magnitude {
  if (type === KeyType.smallNegative || type === KeyType.smallPositive) {
    return version === 0 ? rawDouble(reader, negative) : small(reader, negative);
  }
  if (type === KeyType.hugeNegative || type === KeyType.hugePositive) {
    return version === 0 ? rawDouble(reader, negative) : huge(reader, negative);
  }
  const length = negative ? KeyType.negative1 - type + 1 : type - KeyType.positive1 + 1;
  return wholeAndFraction(length, negative, reader, version);
}

function rawDouble(reader: KeyReader, negative: boolean): Magnitude {
  return { kind: 'double', value: Math.abs(doubleOfBits(reader.integer(8, negative))) };
}

function wholeAndFraction(
  length: number,
  negative: boolean,
  reader: KeyReader,
  version: KeyVersion,
): Magnitude {
  const content = reader.integer(length, negative);
  const whole = content >> 1n;
  if ((content & 1n) === 0n) return { kind: 'integer', whole };
  if (version === 0) {
    const fractionBits = 53 - whole.toString(2).length;
    const fraction = reader.integer(Math.ceil(fractionBits / 8), negative);
    return { kind: 'double', value: Number(whole) + Number(fraction) / 2 ** fractionBits };
  }
  const rest = 8 - length;
  const tail = rest === 0 ? 3n : reader.integer(rest, negative);
  const marker = Number(tail & 3n);
  const bin = Number(whole) + Number(tail & ~3n) / 2 ** (8 * rest);
  if (marker === 0) return { kind: 'double', value: bin };
  if (marker === 2) return { kind: 'decimal', value: roundedUp(bin, 15) };
  if (whole >= 1n << 53n) {
    const below = reader.asServer ? roundedByServer(whole, tail, rest) : { coefficient: whole, exponent: 0 };
    return continued(below, reader, negative);
  }
  return continued(roundedUp(bin, maxDigits), reader, negative);
}

/**
 * What mongod 3.4 counts the fraction of a decimal of 2^53 and more from: not the whole part, which its key holds, but a double, which
 * has not all of its digits; and where the key has no byte for a fraction, not the whole part's last two bits either.
 */
function roundedByServer(whole: bigint, tail: bigint, rest: number): Decimal {
  const content = rest === 0 ? whole : (whole << BigInt(8 * rest)) | tail;
  return decimalOfDouble(Number(content & ~3n) / 2 ** (8 * rest));
}

function small(reader: KeyReader, negative: boolean): Magnitude {
  const content = reader.integer(8, negative);
  const top = content >> 62n;
  if (top === 0n) return fullDecimal(content, reader, negative);
  if (top === 3n) {
    const bin = doubleOfBits(content >> 2n);
    const marker = Number(content & 3n);
    if (marker === 0) return { kind: 'double', value: bin };
    if (marker === 2) return { kind: 'decimal', value: roundedUp(bin, 15) };
    return continued(roundedUp(bin, maxDigits), reader, negative);
  }
  const scaled = doubleOfBits((content - scaledFlag) >> 1n);
  if ((content & 1n) === 0n) return { kind: 'double', value: scaled * 2 ** -256 };
  if (scaled < tinyScaledLimit) return continued(scaledDown(scaled), reader, negative);
  return continued(roundedUp(scaled * 2 ** -256, maxDigits), reader, negative);
}

function huge(reader: KeyReader, negative: boolean): Magnitude {
  const content = reader.integer(8, negative);
  if (content === 0xffffffffffffffffn) return { kind: 'double', value: Infinity };
  if (content >> 63n === 1n) return fullDecimal(content & 0x7fffffffffffffffn, reader, negative);
  const bin = doubleOfBits((content >> 1n) | (1n << 62n));
  if ((content & 1n) === 0n) return { kind: 'double', value: bin };
  return continued(roundedUp(bin, maxDigits), reader, negative);
}

function fullDecimal(high: bigint, reader: KeyReader, negative: boolean): Magnitude {
  const low = reader.integer(8, negative);
  const coefficient = ((high & 0x1ffffffffffffn) << 64n) | low;
  return { kind: 'decimal', value: { coefficient, exponent: Number(high >> 49n) - decimalBias } };
}

/** What follows a double, counted in units of the last of its 34 digits. */
function continued(below: Decimal, reader: KeyReader, negative: boolean): Magnitude {
  const rest = reader.integer(8, negative);
  const full = toFullPrecision(below);
  return {
    kind: 'decimal',
    value: { coefficient: full.coefficient + rest, exponent: full.exponent },
  };
}
