import { doubleOf, intOf, longOf } from '../../bson/access.ts';
import { compareDecimals, decimalOf, decimalValue, signOf, type Decimal } from '../../bson/decimal.ts';
import { doubleValue, longValue, nullValue } from '../../bson/make.ts';
import { printValue } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { location, type CommandError } from '../errors.ts';
import { toDouble } from '../../bson/numbers.ts';
import { intOrLong, isNullish, isNumber, toDecimal } from './coerce.ts';
import { decimalFromInteger, squareRoot, toWhole, type Rounding } from './decimal/arithmetic.ts';
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

/** A function that gives a double, or a decimal for a decimal. */
function analytic(
  name: string,
  ofDouble: (x: number) => number,
  ofDecimal: (x: Decimal) => Decimal,
): OperatorEntry {
  return numeric(name, (value) =>
    value.type === BsonType.decimal
      ? decimalValue(ofDecimal(decimalOf(value)))
      : doubleValue(ofDouble(toDouble(value))),
  );
}

function decimalRoot(value: Decimal): Decimal {
  if (value.kind !== 'nan' && signOf(value) < 0) throw negativeRoot();
  return squareRoot(value);
}

function doubleRoot(value: number): number {
  if (value < 0) throw negativeRoot();
  return Math.sqrt(value);
}

function negativeRoot(): CommandError {
  return location(28714, "$sqrt's argument must be greater than or equal to 0");
}

/** A logarithm of a fixed base. A decimal that is not above zero, such as NaN, is taken as a double: so NaN turns to one. */
function fixedLogarithm(
  name: string,
  code: number,
  ofDouble: (x: number) => number,
  ofDecimal: (x: Decimal) => Decimal,
): OperatorEntry {
  return numeric(name, (value) => {
    if (value.type === BsonType.decimal && isPositive(decimalOf(value))) {
      return decimalValue(ofDecimal(decimalOf(value)));
    }
    const double = toDouble(value);
    if (double <= 0) {
      throw location(code, `${name}'s argument must be a positive number, but is ${printValue(value)}`);
    }
    return doubleValue(ofDouble(double));
  });
}

function isPositive(value: Decimal): boolean {
  return value.kind !== 'nan' && signOf(value) > 0;
}

const decimalOne = decimalFromInteger(1n);

function logarithmOf(value: Value | undefined, base: Value | undefined): Value {
  if (isNullish(value) || isNullish(base)) return nullValue;
  if (!isNumber(value)) throw location(28756, `$log's argument must be numeric, not ${typeName(value)}`);
  if (!isNumber(base)) throw location(28757, `$log's base must be numeric, not ${typeName(base)}`);
  if (value.type === BsonType.decimal || base.type === BsonType.decimal) {
    const [of, to] = [toDecimal(value), toDecimal(base)];
    if (isPositive(of) && isPositive(to) && compareDecimals(to, decimalOne) !== 0) {
      return decimalValue(logarithm(of, to));
    }
  }
  const x = toDouble(value);
  const b = toDouble(base);
  if (x <= 0) {
    throw location(28758, `$log's argument must be a positive number, but is ${printValue(value)}`);
  }
  if (b <= 0 || b === 1) {
    throw location(28759, `$log's base must be a positive number not equal to 1, but is ${printValue(base)}`);
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
  analytic('$sqrt', doubleRoot, decimalRoot),
  fixedLogarithm('$ln', 28766, Math.log, naturalLogarithm),
  fixedLogarithm('$log10', 28761, Math.log10, decimalLogarithm),
  binary('$log', logarithmOf),
];
