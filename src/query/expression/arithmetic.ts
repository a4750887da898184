import { dateOf, doubleOf, intOf, longOf } from '../../bson/access.ts';
import { decimalOf, decimalValue, type Decimal } from '../../bson/decimal.ts';
import { dateValue, doubleValue, intValue, longValue, nullValue } from '../../bson/make.ts';
import { plainNumber, toDouble } from '../../bson/numbers.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { DoubleDoubleSum } from '../accumulator/double-double.ts';
import { CommandError, location } from '../errors.ts';
import { decimalToLong, intOrLong, isNullish, isNumber, toDecimal, toLong, widest } from './coerce.ts';
import * as decimals from './decimal/arithmetic.ts';
import { decimalFromDouble15 } from './decimal/from-double.ts';
import type { Expression } from './expression.ts';
import { always, binary, variadic } from './nary.ts';
import type { OperatorEntry } from './operator.ts';
import { typeName } from './type-name.ts';
import type { Variables } from './variables.ts';

/** $add: whole and double summands in one compensated sum, decimals in another; at most one date. */
function add(operands: readonly Expression[], variables: Variables): Value {
  let ints: number | undefined;
  let others: DoubleDoubleSum | undefined;
  let decimal = decimals.decimalZero;
  let type: number = BsonType.int;
  let hasDate = false;
  const sum = (): DoubleDoubleSum => {
    if (others === undefined) {
      others = new DoubleDoubleSum();
      if (ints !== undefined) others.addDouble(ints);
    }
    return others;
  };
  for (const operand of operands) {
    const value = operand.evaluate(variables);
    if (isNullish(value)) return nullValue;
    switch (value.type) {
      case BsonType.int:
        if (others === undefined) ints = (ints ?? 0) + intOf(value);
        else others.addDouble(intOf(value));
        break;
      case BsonType.long:
        sum().addLong(longOf(value));
        break;
      case BsonType.double:
        sum().addDouble(doubleOf(value));
        break;
      case BsonType.decimal:
        decimal = decimals.add(decimal, decimalOf(value));
        break;
      case BsonType.date:
        if (hasDate) throw location(16612, 'only one date allowed in an $add expression');
        hasDate = true;
        sum().addLong(dateOf(value));
        continue;
      default:
        throw location(16554, `$add only supports numeric or date types, not ${typeName(value)}`);
    }
    type = widest(type, value.type);
  }
  if (type === BsonType.int && others === undefined) return intOrLong(ints ?? 0);
  return hasDate ? dateSum(sum(), decimal, type) : numberSum(sum(), decimal, type);
}

function dateSum(sum: DoubleDoubleSum, decimal: Decimal, type: number): Value {
  if (type === BsonType.decimal) {
    return dateValue(decimalToLong(decimals.add(decimal, sum.decimal)));
  }
  const whole = sum.long;
  if (whole === undefined) throw new CommandError(15, 'Overflow', 'date overflow in $add');
  return dateValue(whole);
}

function numberSum(sum: DoubleDoubleSum, decimal: Decimal, type: number): Value {
  if (type === BsonType.decimal) return decimalValue(decimals.add(decimal, sum.decimal));
  const whole = type === BsonType.double ? undefined : sum.long;
  if (whole === undefined) return doubleValue(sum.double);
  return type === BsonType.long ? longValue(whole) : intOrLong(whole);
}

/** $multiply: whole factors stay whole up to 64 bits, then turn to double; a first decimal takes over the product. */
function multiply(operands: readonly Expression[], variables: Variables): Value {
  let double = 1;
  let whole: number | bigint = 1;
  let decimal = decimals.decimalZero;
  let type: number = BsonType.int;
  for (const operand of operands) {
    const value = operand.evaluate(variables);
    if (isNullish(value)) return nullValue;
    if (!isNumber(value)) {
      throw location(16555, `$multiply only supports numeric types, not ${typeName(value)}`);
    }
    const before = type;
    type = widest(type, value.type);
    if (type === BsonType.decimal) {
      if (before === BsonType.double) decimal = decimalFromDouble15(double);
      else if (before !== BsonType.decimal) decimal = decimals.decimalFromInteger(BigInt(whole));
      decimal = decimals.multiply(decimal, toDecimal(value));
    } else {
      double *= toDouble(value);
      if (type !== BsonType.double) {
        whole = product(whole, plainNumber(value));
        if (typeof whole === 'bigint' && BigInt.asIntN(64, whole) !== whole) type = BsonType.double;
      }
    }
  }
  switch (type) {
    case BsonType.decimal:
      return decimalValue(decimal);
    case BsonType.double:
      return doubleValue(double);
    case BsonType.long:
      return longValue(BigInt(whole));
    default:
      return intOrLong(whole);
  }
}

/** Exact: a bigint where a number would round. */
function product(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const result = a * b;
    if (Number.isSafeInteger(result)) return result;
  }
  return BigInt(a) * BigInt(b);
}

/** $subtract: two longs wrap around at 64 bits, as in mongod; date - date is a long, date - number a date. */
function subtract(left: Value | undefined, right: Value | undefined): Value {
  if (isNumber(left) && isNumber(right)) {
    switch (widest(left.type, right.type)) {
      case BsonType.int:
        return intOrLong(intOf(left) - intOf(right));
      case BsonType.long:
        return longValue(BigInt.asIntN(64, toLong(left) - toLong(right)));
      case BsonType.double:
        return doubleValue(toDouble(left) - toDouble(right));
      default:
        return decimalValue(decimals.subtract(toDecimal(left), toDecimal(right)));
    }
  }
  if (isNullish(left) || isNullish(right)) return nullValue;
  if (left.type === BsonType.date) {
    if (right.type === BsonType.date) return longValue(BigInt.asIntN(64, dateOf(left) - dateOf(right)));
    if (isNumber(right)) return dateValue(BigInt.asIntN(64, dateOf(left) - toLong(right)));
    throw location(16613, `cant $subtract a ${typeName(right)} from a Date`);
  }
  throw location(16556, `cant $subtract a${typeName(right)} from a ${typeName(left)}`);
}

function divide(left: Value | undefined, right: Value | undefined): Value {
  if (isNumber(left) && isNumber(right)) {
    if (widest(left.type, right.type) === BsonType.decimal) {
      const divisor = toDecimal(right);
      if (decimals.isZero(divisor)) throw location(16608, "can't $divide by zero");
      return decimalValue(decimals.divide(toDecimal(left), divisor));
    }
    const divisor = toDouble(right);
    if (divisor === 0) throw location(16608, "can't $divide by zero");
    return doubleValue(toDouble(left) / divisor);
  }
  if (isNullish(left) || isNullish(right)) return nullValue;
  throw location(16609, `$divide only supports numeric types, not ${typeName(left)} and ${typeName(right)}`);
}

/** $mod: a whole double of 32 bits as divisor counts as whole, so a long stays exact. */
function modulo(left: Value | undefined, right: Value | undefined): Value {
  if (isNumber(left) && isNumber(right)) {
    const type = widest(left.type, right.type);
    if (type === BsonType.decimal) {
      const divisor = toDecimal(right);
      if (decimals.isZero(divisor)) throw location(16610, "can't $mod by zero");
      return decimalValue(decimals.remainder(toDecimal(left), divisor));
    }
    const divisor = toDouble(right);
    if (divisor === 0) throw location(16610, "can't $mod by zero");
    if (left.type === BsonType.double || (right.type === BsonType.double && (divisor | 0) !== divisor)) {
      return doubleValue(toDouble(left) % divisor);
    }
    if (left.type === BsonType.long || right.type === BsonType.long) {
      return longValue(toLong(left) % toLong(right));
    }
    // A negative zero is no int.
    return intValue((intOf(left) % divisor) + 0);
  }
  if (isNullish(left) || isNullish(right)) return nullValue;
  throw location(16611, `$mod only supports numeric types, not ${typeName(left)} and ${typeName(right)}`);
}

/** Arithmetic of numbers and dates: null for nullish operands, an error of its own code for other types. */
export const arithmeticOperators: readonly OperatorEntry[] = [
  variadic({ name: '$add', evaluate: add, associative: always, commutative: true }),
  variadic({ name: '$multiply', evaluate: multiply, associative: always, commutative: true }),
  binary('$subtract', subtract),
  binary('$divide', divide),
  binary('$mod', modulo),
];
