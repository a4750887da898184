import { stringOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { nullValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import { items, type Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { isNullish, toBool } from '../coerce.ts';
import type { Dependencies } from '../dependencies.ts';
import { Expression } from '../expression.ts';
import type { OperatorEntry, OperatorParser } from '../operator.ts';
import { readOptions, required } from '../options.ts';
import { checkWritableName } from '../scope.ts';
import { typeName } from '../type-name.ts';
import type { Variables } from '../variables.ts';

/** What tells $map and $filter apart. */
interface Kind {
  /** With its `$`. */
  readonly name: string;
  /** The option with the expression for each item. */
  readonly body: 'in' | 'cond';
  readonly codes: { notObject: number; unknown: number; input: number; body: number; notArray: number };
  /** What an item whose expression gives `result` adds to the array. */
  keep(item: Value, result: Value | undefined): Value | undefined;
}

const mapKind: Kind = {
  name: '$map',
  body: 'in',
  codes: { notObject: 16878, unknown: 16879, input: 16880, body: 16882, notArray: 16883 },
  keep: (_, result) => result ?? nullValue,
};

const filterKind: Kind = {
  name: '$filter',
  body: 'cond',
  codes: { notObject: 28646, unknown: 28647, input: 28648, body: 28650, notArray: 28651 },
  keep: (item, result) => (toBool(result) ? item : undefined),
};

/** $map and $filter: an expression for each item of an array, which it sees as a variable. */
class Iterate extends Expression {
  readonly #kind: Kind;
  readonly #input: Expression;
  readonly #variable: { name: string; slot: number };
  readonly #body: Expression;

  constructor(kind: Kind, input: Expression, variable: { name: string; slot: number }, body: Expression) {
    super();
    this.#kind = kind;
    this.#input = input;
    this.#variable = variable;
    this.#body = body;
  }

  evaluate(variables: Variables): Value {
    const array = this.#input.evaluate(variables);
    if (isNullish(array)) return nullValue;
    const { name, codes } = this.#kind;
    if (!array.isArray()) {
      throw location(codes.notArray, `input to ${name} must be an array not ${typeName(array)}`);
    }
    const builder = new DocumentBuilder(array.end - array.start);
    for (const item of items(array)) {
      variables.set(this.#variable.slot, item);
      const kept = this.#kind.keep(item, this.#body.evaluate(variables));
      if (kept !== undefined) builder.push(kept);
    }
    return builder.finishArray();
  }

  optimize(): Expression {
    return new Iterate(this.#kind, this.#input.optimize(), this.#variable, this.#body.optimize());
  }

  addDependencies(dependencies: Dependencies): void {
    this.#input.addDependencies(dependencies);
    this.#body.addDependencies(dependencies);
  }

  toValue(): Value {
    return new DocumentBuilder()
      .openDocument(this.#kind.name)
      .append('input', this.#input.toValue())
      .string('as', this.#variable.name)
      .append(this.#kind.body, this.#body.toValue())
      .close()
      .finish();
  }
}

function iterate(kind: Kind): OperatorEntry {
  const { name, codes } = kind;
  const parse: OperatorParser = (argument, scope) => {
    if (!argument.isDocument()) {
      throw location(codes.notObject, `${name} only supports an object as its argument`);
    }
    const options = readOptions(
      argument,
      ['input', 'as', kind.body],
      codes.unknown,
      (option) => `Unrecognized parameter to ${name}: ${option}`,
    );
    const input = required(options.input, codes.input, `Missing 'input' parameter to ${name}`);
    const body = required(options[kind.body], codes.body, `Missing '${kind.body}' parameter to ${name}`);
    const parsedInput = scope.parse(input);
    const variable = options.as === undefined ? 'this' : variableName(options.as);
    const { scope: inner, slots } = scope.define([variable]);
    return new Iterate(kind, parsedInput, { name: variable, slot: slots[0] ?? 0 }, inner.parse(body));
  };
  return [name, parse];
}

/** The name given by `as`; what is no string counts as empty. */
function variableName(value: Value): string {
  const name = value.type === BsonType.string ? stringOf(value) : '';
  checkWritableName(name);
  return name;
}

/** $map and $filter. */
export const iterateOperators: readonly OperatorEntry[] = [iterate(mapKind), iterate(filterKind)];
