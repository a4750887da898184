import { DocumentBuilder } from '../../../bson/builder.ts';
import { nullValue } from '../../../bson/make.ts';
import { items, type Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { isNullish } from '../coerce.ts';
import type { Dependencies } from '../dependencies.ts';
import { Expression } from '../expression.ts';
import type { OperatorEntry, OperatorParser } from '../operator.ts';
import { readOptions, required } from '../options.ts';
import { typeName } from '../type-name.ts';
import type { Variables } from '../variables.ts';

interface ReduceParts {
  readonly input: Expression;
  readonly initial: Expression;
  readonly body: Expression;
  readonly thisSlot: number;
  readonly valueSlot: number;
}

/** $reduce: folds an array from the left; `in` sees $$this and $$value. */
class Reduce extends Expression {
  readonly #parts: ReduceParts;

  constructor(parts: ReduceParts) {
    super();
    this.#parts = parts;
  }

  evaluate(variables: Variables): Value | undefined {
    const { input, initial, body, thisSlot, valueSlot } = this.#parts;
    const array = input.evaluate(variables);
    if (isNullish(array)) return nullValue;
    if (!array.isArray()) {
      throw location(40080, `$reduce requires that 'input' be an array, found: ${typeName(array)}`);
    }
    let value = initial.evaluate(variables);
    for (const item of items(array)) {
      variables.set(thisSlot, item);
      variables.set(valueSlot, value);
      value = body.evaluate(variables);
    }
    return value;
  }

  optimize(): Expression {
    const { input, initial, body } = this.#parts;
    return new Reduce({
      ...this.#parts,
      input: input.optimize(),
      initial: initial.optimize(),
      body: body.optimize(),
    });
  }

  addDependencies(dependencies: Dependencies): void {
    this.#parts.input.addDependencies(dependencies);
    this.#parts.initial.addDependencies(dependencies);
    this.#parts.body.addDependencies(dependencies);
  }

  toValue(): Value {
    return new DocumentBuilder()
      .openDocument('$reduce')
      .append('input', this.#parts.input.toValue())
      .append('initialValue', this.#parts.initial.toValue())
      .append('in', this.#parts.body.toValue())
      .close()
      .finish();
  }
}

const parse: OperatorParser = (argument, scope) => {
  if (!argument.isDocument()) {
    throw location(40075, `$reduce requires an object as an argument, found: ${typeName(argument)}`);
  }
  const options = readOptions(
    argument,
    ['input', 'initialValue', 'in'],
    40076,
    (name) => `$reduce found an unknown argument: ${name}`,
  );
  const input = required(options.input, 40077, "$reduce requires 'input' to be specified");
  const initial = required(options.initialValue, 40078, "$reduce requires 'initialValue' to be specified");
  const body = required(options.in, 40079, "$reduce requires 'in' to be specified");
  const { scope: inner, slots } = scope.define(['this', 'value']);
  return new Reduce({
    input: scope.parse(input),
    initial: scope.parse(initial),
    body: inner.parse(body),
    thisSlot: slots[0] ?? 0,
    valueSlot: slots[1] ?? 0,
  });
};

/** $reduce. */
export const reduceOperators: readonly OperatorEntry[] = [['$reduce', parse]];
