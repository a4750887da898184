import { falseValue, nullValue, trueValue, boolValue } from '../../bson/make.ts';
import { compareValues } from '../../bson/compare.ts';
import { groupingKey } from '../../bson/grouping-key.ts';
import { items, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { arrayOf } from './array/elements.ts';
import { isNullish, toBool } from './coerce.ts';
import type { Expression } from './expression.ts';
import { always, binary, fixed, Nary, parseOperands, unary, variadic, type NaryOperator } from './nary.ts';
import type { OperatorEntry } from './operator.ts';
import type { ParseScope } from './scope.ts';
import { typeName } from './type-name.ts';
import type { Variables } from './variables.ts';

type ValueSet = Map<string, Value>;

/** The items by their grouping key, the first of equal ones. */
function setOf(array: Value, scope: ParseScope): ValueSet {
  const set: ValueSet = new Map();
  for (const item of items(array)) {
    const key = groupingKey(item, scope.collator);
    if (!set.has(key)) set.set(key, item);
  }
  return set;
}

/** A set as an array, in MongoDB's order. */
function sortedArray(set: ValueSet, scope: ParseScope): Value {
  return arrayOf([...set.values()].sort((a, b) => compareValues(a, b, scope.collator)));
}

function union(operands: readonly Expression[], variables: Variables, scope: ParseScope): Value {
  const all: ValueSet = new Map();
  for (const operand of operands) {
    const value = operand.evaluate(variables);
    if (isNullish(value)) return nullValue;
    for (const [key, item] of setOf(expectArray('$setUnion', 17043, value), scope)) {
      if (!all.has(key)) all.set(key, item);
    }
  }
  return sortedArray(all, scope);
}

function intersection(operands: readonly Expression[], variables: Variables, scope: ParseScope): Value {
  let common: ValueSet | undefined;
  for (const operand of operands) {
    const value = operand.evaluate(variables);
    if (isNullish(value)) return nullValue;
    const set = setOf(expectArray('$setIntersection', 17047, value), scope);
    common = common === undefined ? set : sharedBy(common, set);
    // mongod does not look at the operands after this.
    if (common.size === 0) break;
  }
  return sortedArray(common ?? new Map<string, Value>(), scope);
}

/** Of values that are equal but of different number types, those of the smaller set (the first if equal) stay. */
function sharedBy(first: ValueSet, second: ValueSet): ValueSet {
  const [smaller, larger] = first.size > second.size ? [second, first] : [first, second];
  return new Map([...smaller].filter(([key]) => larger.has(key)));
}

function expectArray(name: string, code: number, value: Value | undefined): Value {
  if (value?.isArray() === true) return value;
  throw location(code, `All operands of ${name} must be arrays. One argument is of type: ${typeName(value)}`);
}

const setEquals: NaryOperator = {
  name: '$setEquals',
  evaluate(operands, variables, scope) {
    let first: ValueSet | undefined;
    for (const operand of operands) {
      const set = setOf(expectArray('$setEquals', 17044, operand.evaluate(variables)), scope);
      if (first === undefined) first = set;
      else if (set.size !== first.size || [...set.keys()].some((key) => first?.has(key) !== true)) {
        return falseValue;
      }
    }
    return trueValue;
  },
};

function parseSetEquals(argument: Value, scope: ParseScope): Expression {
  const operands = parseOperands(argument, scope);
  if (operands.length < 2) {
    throw location(17045, `$setEquals needs at least two arguments had: ${operands.length}`);
  }
  return new Nary(setEquals, operands, scope);
}

/** $setDifference: the items of the first array, in their order, once each. */
function difference(left: Value | undefined, right: Value | undefined, scope: ParseScope): Value {
  if (isNullish(left) || isNullish(right)) return nullValue;
  const kept = setOf(expectOperand('$setDifference', 17048, 'First', left), scope);
  const without = setOf(expectOperand('$setDifference', 17049, 'Second', right), scope);
  return arrayOf([...kept].filter(([key]) => !without.has(key)).map(([, item]) => item));
}

const setIsSubset: NaryOperator = {
  name: '$setIsSubset',
  evaluate([first, second], variables, scope) {
    const left = first?.evaluate(variables);
    const right = second?.evaluate(variables);
    const part = expectOperand('$setIsSubset', 17046, 'First', left);
    return isPart(part, setOf(expectOperand('$setIsSubset', 17042, 'Second', right), scope), scope);
  },
  simplify(operands, scope) {
    const [, whole] = operands;
    return whole?.isConstant() === true ? new Nary(subsetOf(whole.value, scope), operands, scope) : undefined;
  },
};

/** $setIsSubset of a constant set, which is made once; it has error codes of its own. */
function subsetOf(constant: Value | undefined, scope: ParseScope): NaryOperator {
  const whole = setOf(expectOperand('$setIsSubset', 17311, 'Second', constant), scope);
  return {
    name: '$setIsSubset',
    evaluate: ([first], variables) =>
      isPart(expectOperand('$setIsSubset', 17310, 'First', first?.evaluate(variables)), whole, scope),
  };
}

function isPart(part: Value, whole: ValueSet, scope: ParseScope): Value {
  for (const item of items(part)) if (!whole.has(groupingKey(item, scope.collator))) return falseValue;
  return trueValue;
}

function expectOperand(name: string, code: number, which: string, value: Value | undefined): Value {
  if (value?.isArray() === true) return value;
  throw location(
    code,
    `both operands of ${name} must be arrays. ${which} argument is of type: ${typeName(value)}`,
  );
}

function truths(name: string, code: number, holds: (array: Value) => boolean): OperatorEntry {
  return unary(name, (value) => {
    if (value?.isArray() === true) return boolValue(holds(value));
    throw location(code, `${name}'s argument must be an array, but is ${typeName(value)}`);
  });
}

/** Arrays as sets, under the collation: results without duplicates, $setUnion and $setIntersection sorted. */
export const setOperators: readonly OperatorEntry[] = [
  variadic({ name: '$setUnion', evaluate: union, associative: always, commutative: true }),
  variadic({ name: '$setIntersection', evaluate: intersection, associative: always, commutative: true }),
  ['$setEquals', parseSetEquals],
  binary('$setDifference', difference),
  fixed(2, setIsSubset),
  truths('$anyElementTrue', 17041, (array) => [...items(array)].some(toBool)),
  truths('$allElementsTrue', 17040, (array) => [...items(array)].every(toBool)),
];
