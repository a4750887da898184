import { boolOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { nullValue } from '../../../bson/make.ts';
import { printValue } from '../../../bson/print.ts';
import { BsonType } from '../../../bson/types.ts';
import { items, type Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { isNullish } from '../coerce.ts';
import type { Dependencies } from '../dependencies.ts';
import { Expression } from '../expression.ts';
import type { OperatorEntry, OperatorParser } from '../operator.ts';
import { readOptions } from '../options.ts';
import { typeName } from '../type-name.ts';
import type { Variables } from '../variables.ts';

/** $zip: the first items of all arrays as one array, then the second ones. */
class Zip extends Expression {
  readonly #inputs: readonly Expression[];
  readonly #defaults: readonly Expression[];
  readonly #longest: boolean;

  constructor(inputs: readonly Expression[], defaults: readonly Expression[], longest: boolean) {
    super();
    this.#inputs = inputs;
    this.#defaults = defaults;
    this.#longest = longest;
  }

  evaluate(variables: Variables): Value {
    const arrays: Value[][] = [];
    for (const input of this.#inputs) {
      const value = input.evaluate(variables);
      if (isNullish(value)) return nullValue;
      if (!value.isArray()) {
        throw location(34468, `$zip found a non-array expression in input: ${printValue(value)}`);
      }
      arrays.push([...items(value)]);
    }
    const lengths = arrays.map((array) => array.length);
    const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
    const length = this.#longest ? longest : shortest;
    // Not looked at unless one is needed; a missing one leaves a shorter array.
    const defaults = shortest === longest ? [] : this.#defaults.map((item) => item.evaluate(variables));
    const builder = new DocumentBuilder();
    for (let row = 0; row < length; row++) {
      builder.pushArray();
      arrays.forEach((array, column) => {
        const value = array[row] ?? (column in defaults ? defaults[column] : nullValue);
        if (value !== undefined) builder.push(value);
      });
      builder.close();
    }
    return builder.finishArray();
  }

  optimize(): Expression {
    return new Zip(
      this.#inputs.map((input) => input.optimize()),
      this.#defaults.map((item) => item.optimize()),
      this.#longest,
    );
  }

  addDependencies(dependencies: Dependencies): void {
    for (const part of [...this.#inputs, ...this.#defaults]) part.addDependencies(dependencies);
  }

  toValue(): Value {
    const builder = new DocumentBuilder().openDocument('$zip').openArray('inputs');
    for (const input of this.#inputs) builder.push(input.toValue());
    builder.close().openArray('defaults');
    for (const item of this.#defaults) builder.push(item.toValue());
    return builder.close().bool('useLongestLength', this.#longest).close().finish();
  }
}

const parse: OperatorParser = (argument, scope) => {
  if (!argument.isDocument()) {
    throw location(34460, `$zip only supports an object as an argument, found ${typeName(argument)}`);
  }
  const options = readOptions(
    argument,
    ['inputs', 'defaults', 'useLongestLength'],
    34464,
    (name) => `$zip found an unknown argument: ${name}`,
  );
  const list = (name: 'inputs' | 'defaults', code: number): Expression[] => {
    const value = options[name];
    if (value === undefined) return [];
    if (value.isArray()) return Array.from(items(value), (item) => scope.parse(item));
    throw location(code, `${name} must be an array of expressions, found ${typeName(value)}`);
  };
  const inputs = list('inputs', 34461);
  const defaults = list('defaults', 34462);
  const longest = options.useLongestLength;
  if (longest !== undefined && longest.type !== BsonType.bool) {
    throw location(34463, `useLongestLength must be a bool, found ${typeName(longest)}`);
  }
  const useLongest = longest !== undefined && boolOf(longest);
  if (inputs.length === 0) throw location(34465, '$zip requires at least one input array');
  if (!useLongest && defaults.length > 0) {
    throw location(34466, 'cannot specify defaults unless useLongestLength is true');
  }
  if (defaults.length > 0 && defaults.length !== inputs.length) {
    throw location(34467, 'defaults and inputs must have the same length');
  }
  return new Zip(inputs, defaults, useLongest);
};

/** $zip. */
export const zipOperators: readonly OperatorEntry[] = [['$zip', parse]];
