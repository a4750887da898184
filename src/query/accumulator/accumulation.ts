import { elements, type Element } from '../../bson/value.ts';
import type { Expression } from '../expression/expression.ts';
import type { ParseScope } from '../expression/scope.ts';
import { location } from '../errors.ts';
import type { Accumulator } from './accumulator.ts';
import { createAccumulator, isAccumulatorName, type AccumulatorName } from './accumulators.ts';

/** One output field of $group or $bucket: an accumulator over an expression. */
export interface Accumulation {
  readonly field: string;
  readonly name: AccumulatorName;
  /** Not optimized yet. */
  readonly expression: Expression;
  /** A new, empty accumulator for one group. */
  create(): Accumulator;
}

/**
 * Parses `field: {$accumulator: expression}`. Throws 40234 to 40238 for another shape, 15952 for an accumulator that
 * 3.4 does not have.
 */
export function parseAccumulation({ name: fieldName, value }: Element, scope: ParseScope): Accumulation {
  const [specification, ...more] = value.isDocument() ? elements(value) : [];
  if (specification?.name.startsWith('$') !== true) {
    throw location(40234, `The field '${fieldName}' must be an accumulator object`);
  }
  if (fieldName.includes('.')) throw location(40235, `The field name '${fieldName}' cannot contain '.'`);
  if (fieldName.startsWith('$')) {
    throw location(40236, `The field name '${fieldName}' cannot be an operator name`);
  }
  if (more.length > 0) throw location(40238, `The field '${fieldName}' must specify one accumulator`);
  const { name, value: argument } = specification;
  if (argument.isArray()) throw location(40237, `The ${name} accumulator is a unary operator`);
  if (!isAccumulatorName(name)) throw location(15952, `unknown group operator '${name}'`);
  const { collator } = scope;
  return {
    field: fieldName,
    name,
    expression: scope.parse(argument),
    create: () => createAccumulator(name, collator),
  };
}
