import { printValue } from '../../bson/print.ts';
import { location } from '../errors.ts';
import { exactInt } from './coerce.ts';
import type { Expression } from './expression.ts';
import { typeName } from './type-name.ts';
import type { Variables } from './variables.ts';

/** The start or end that $indexOfArray and its kin are given, or undefined. Throws 40096 or 40097. */
export function searchBound(
  name: string,
  which: 'starting' | 'ending',
  operand: Expression | undefined,
  variables: Variables,
): number | undefined {
  if (operand === undefined) return undefined;
  const value = operand.evaluate(variables);
  const bound = value === undefined ? undefined : exactInt(value);
  if (value === undefined || bound === undefined) {
    const text = value === undefined ? '' : printValue(value);
    throw location(
      40096,
      `${name} requires an integral ${which} index, found a value of type: ${typeName(value)}, with value: ${text}`,
    );
  }
  if (bound < 0) throw location(40097, `${name} requires a nonnegative ${which} index, found: ${bound}`);
  return bound;
}
