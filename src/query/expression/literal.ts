import { stringOf } from '../../bson/access.ts';
import { doubleValue, stringValue } from '../../bson/make.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { metadataOf } from '../metadata.ts';
import type { Dependencies } from './dependencies.ts';
import { Constant, Expression } from './expression.ts';
import { unary } from './nary.ts';
import type { OperatorEntry, OperatorParser } from './operator.ts';
import { typeName } from './type-name.ts';
import type { Variables } from './variables.ts';

type MetaName = 'textScore' | 'randVal';

/** `{$meta: name}`: what the document carries beside its fields; missing if it has none. */
class Meta extends Expression {
  readonly #name: MetaName;

  constructor(name: MetaName) {
    super();
    this.#name = name;
  }

  evaluate(variables: Variables): Value | undefined {
    const { root } = variables;
    const number = root === undefined ? undefined : metadataOf(root)?.[this.#name];
    return number === undefined ? undefined : doubleValue(number);
  }

  optimize(): Expression {
    return this;
  }

  addDependencies(dependencies: Dependencies): void {
    if (this.#name === 'textScore') dependencies.textScore = true;
  }

  toValue(): Value {
    return new DocumentBuilder().string('$meta', this.#name).finish();
  }
}

const parseMeta: OperatorParser = (argument) => {
  if (argument.type !== BsonType.string) throw location(17307, '$meta only supports string arguments');
  const name = stringOf(argument);
  if (name === 'textScore' || name === 'randVal') return new Meta(name);
  throw location(17308, `Unsupported argument to $meta: ${name}`);
};

const parseLiteral: OperatorParser = (argument) => new Constant(argument);

/** $literal and $const, $meta, $type. */
export const literalOperators: readonly OperatorEntry[] = [
  ['$literal', parseLiteral],
  ['$const', parseLiteral],
  ['$meta', parseMeta],
  unary('$type', (value) => stringValue(typeName(value))),
];
