import { DocumentBuilder } from '../../bson/builder.ts';
import { elements, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import type { Dependencies } from './dependencies.ts';
import { Expression } from './expression.ts';
import type { OperatorEntry, OperatorParser } from './operator.ts';
import { readOptions, required } from './options.ts';
import { checkWritableName } from './scope.ts';
import type { Variables } from './variables.ts';

interface Binding {
  readonly name: string;
  readonly slot: number;
  readonly value: Expression;
}

/** $let: an expression with more variables, which do not see each other. */
class Let extends Expression {
  readonly #bindings: readonly Binding[];
  readonly #body: Expression;

  constructor(bindings: readonly Binding[], body: Expression) {
    super();
    this.#bindings = bindings;
    this.#body = body;
  }

  evaluate(variables: Variables): Value | undefined {
    for (const { slot, value } of this.#bindings) variables.set(slot, value.evaluate(variables));
    return this.#body.evaluate(variables);
  }

  optimize(): Expression {
    if (this.#bindings.length === 0) return this.#body.optimize();
    const bindings = this.#bindings.map((binding) => ({ ...binding, value: binding.value.optimize() }));
    return new Let(bindings, this.#body.optimize());
  }

  addDependencies(dependencies: Dependencies): void {
    for (const { value } of this.#bindings) value.addDependencies(dependencies);
    this.#body.addDependencies(dependencies);
  }

  toValue(): Value {
    const builder = new DocumentBuilder().openDocument('$let').openDocument('vars');
    for (const { name, value } of this.#bindings) builder.append(name, value.toValue());
    return builder.close().append('in', this.#body.toValue()).close().finish();
  }
}

const parse: OperatorParser = (argument, scope) => {
  if (!argument.isDocument()) throw location(16874, '$let only supports an object as its argument');
  const options = readOptions(
    argument,
    ['vars', 'in'],
    16875,
    (name) => `Unrecognized parameter to $let: ${name}`,
  );
  const vars = required(options.vars, 16876, "Missing 'vars' parameter to $let");
  const body = required(options.in, 16877, "Missing 'in' parameter to $let");
  // An array is a document with the fields 0, 1, ... here, whose names no variable may have.
  if (!vars.isDocument() && !vars.isArray())
    throw location(10065, 'invalid parameter: expected an object (vars)');
  const given = [...elements(vars)].map(({ name, value }) => {
    checkWritableName(name);
    return { name, value: scope.parse(value) };
  });
  const { scope: inner, slots } = scope.define(given.map(({ name }) => name));
  const bindings = given.map((binding, index) => ({ ...binding, slot: slots[index] ?? 0 }));
  return new Let(bindings, inner.parse(body));
};

/** $let. */
export const letOperators: readonly OperatorEntry[] = [['$let', parse]];
