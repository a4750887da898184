import { doubleOf, intOf, longOf } from '../../bson/access.ts';
import { decimalOf, decimalValue, signOf, type Decimal } from '../../bson/decimal.ts';
import { doubleValue, intValue, longValue, nullValue } from '../../bson/make.ts';
import { printValue } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { compareNumbers, toDouble } from '../../bson/numbers.ts';
import { intOrLong, isNullish, isNumber, toDecimal } from './coerce.ts';
import { squareRoot, toWhole, type Rounding } from './decimal/arithmetic.ts';
import { decimalLogarithm, exponential, logarithm, naturalLogarithm } from './decimal/transcendental.ts';
import { binary, unary } from './nary.ts';
import type { OperatorEntry } from './operator.ts';
import { typeName } from './type-name.ts';

/** An operator of one number: null for nullish values, 28765 for other types. */
function numeric(name: string, apply: (value: Value) => Value): OperatorEntry {
  return unary(name, (value) => {
    if (isNullish(value)) return nullValue;
    if (!isNumber(value)) {
      throw location(28765, `${name} only supports numeric types, not ${typeName(value)}`);
    }
    return apply(value);
  });
}

function absolute(value: Value): Value {
  switch (value.type) {
    case BsonType.double:
      return doubleValue(Math.abs(doubleOf(value)));
    case BsonType.decimal:
      return decimalValue({ ...decimalOf(value), negative: false });
    case BsonType.int:
      return intOrLong(Math.abs(intOf(value)));
    default: {
      const long = longOf(value);
      if (long === -(1n << 63n)) throw location(28680, "can't take $abs of long long min");
      return longValue(long < 0n ? -long : long);
    }
  }
}

/** $floor, $ceil, $trunc: whole types stay as they are. */
function rounding(kind: Exclude<Rounding, 'even'>): OperatorEntry {
  return numeric(`$${kind}`, (value) => {
    if (value.type === BsonType.double) return doubleValue(Math[kind](doubleOf(value)));
    if (value.type === BsonType.decimal) return decimalValue(toWhole(decimalOf(value), kind));
    return value;
  });
}

/** A function that gives a double, or a decimal for a decimal; `check` is given the sign and whether it is NaN. */
function analytic(
  name: string,
  ofDouble: (x: number) => number,
  ofDecimal: (x: Decimal) => Decimal,
  check?: (sign: number, value: Value) => void,
): OperatorEntry {
  return numeric(name, (value) => {
    if (value.type === BsonType.decimal) {
      const decimal = decimalOf(value);
      if (decimal.kind !== 'nan') check?.(signOf(decimal), value);
      return decimalValue(ofDecimal(decimal));
    }
    const double = toDouble(value);
    if (!Number.isNaN(double)) check?.(Math.sign(double), value);
    return doubleValue(ofDouble(double));
  });
}

function positive(name: string, code: number): (sign: number, value: Value) => void {
  return (sign, value) => {
    if (sign <= 0) {
      throw location(code, `${name}'s argument must be a positive number, but is ${printValue(value)}`);
    }
  };
}

function notNegative(sign: number): void {
  if (sign < 0) throw location(28714, "$sqrt's argument must be greater than or equal to 0");
}

const one = intValue(1);

/** Above zero, or NaN. */
function isPositive(value: Value): boolean {
  if (value.type === BsonType.decimal) {
    const decimal = decimalOf(value);
    return decimal.kind === 'nan' || signOf(decimal) > 0;
  }
  return !(toDouble(value) <= 0);
}

function logarithmOf(value: Value | undefined, base: Value | undefined): Value {
  if (isNullish(value) || isNullish(base)) return nullValue;
  if (!isNumber(value)) throw location(28756, `$log's argument must be numeric, not ${typeName(value)}`);
  if (!isNumber(base)) throw location(28757, `$log's base must be numeric, not ${typeName(base)}`);
  const x = toDouble(value);
  const b = toDouble(base);
  if (!isPositive(value)) {
    throw location(28758, `$log's argument must be a positive number, but is ${printValue(value)}`);
  }
  if (!isPositive(base) || compareNumbers(base, one) === 0) {
    throw location(28759, `$log's base must be a positive number not equal to 1, but is ${printValue(base)}`);
  }
  if (value.type === BsonType.decimal || base.type === BsonType.decimal) {
    return decimalValue(logarithm(toDecimal(value), toDecimal(base)));
  }
  return doubleValue(Math.log(x) / Math.log(b));
}

/** Functions of one number, and $log. */
export const mathOperators: readonly OperatorEntry[] = [
  numeric('$abs', absolute),
  rounding('floor'),
  rounding('ceil'),
  rounding('trunc'),
  analytic('$exp', Math.exp, exponential),
  analytic('$sqrt', Math.sqrt, squareRoot, notNegative),
  analytic('$ln', Math.log, naturalLogarithm, positive('$ln', 28766)),
  analytic('$log10', Math.log10, decimalLogarithm, positive('$log10', 28761)),
  binary('$log', logarithmOf),
];
