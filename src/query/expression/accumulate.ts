import { items, type Value } from '../../bson/value.ts';
import { createAccumulator, type AccumulatorName } from '../accumulator/accumulators.ts';
import { variadic } from './nary.ts';
import type { OperatorEntry } from './operator.ts';

/**
 * An accumulator as an expression: over its operands, or over the items of the one operand if that is an array.
 * With one operand it is not associative, as joining would change whether arrays are taken apart.
 */
function accumulating(name: AccumulatorName, joins: boolean): OperatorEntry {
  return variadic({
    name,
    associative: (operands) => joins && operands !== 1,
    commutative: joins,
    evaluate(operands, variables, scope): Value {
      const accumulator = createAccumulator(name, scope.collator);
      const [first, ...others] = operands;
      const value = first?.evaluate(variables);
      if (others.length === 0 && value?.isArray() === true) {
        for (const item of items(value)) accumulator.add(item);
      } else if (first !== undefined) {
        accumulator.add(value);
        for (const operand of others) accumulator.add(operand.evaluate(variables));
      }
      return accumulator.result();
    },
  });
}

/** The accumulators that are expressions too. */
export const accumulatorOperators: readonly OperatorEntry[] = [
  accumulating('$sum', true),
  accumulating('$min', true),
  accumulating('$max', true),
  accumulating('$avg', false),
  accumulating('$stdDevPop', false),
  accumulating('$stdDevSamp', false),
];
