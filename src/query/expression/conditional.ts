import { DocumentBuilder } from '../../bson/builder.ts';
import { items, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { isNullish, toBool } from './coerce.ts';
import type { Dependencies } from './dependencies.ts';
import { Expression } from './expression.ts';
import { fixed, Nary, type NaryOperator } from './nary.ts';
import type { OperatorEntry, OperatorParser } from './operator.ts';
import { readOptions, required } from './options.ts';
import type { ParseScope } from './scope.ts';
import { typeName } from './type-name.ts';
import type { Variables } from './variables.ts';

const condition: NaryOperator = {
  name: '$cond',
  evaluate: (operands, variables) =>
    operands[toBool(operands[0]?.evaluate(variables)) ? 1 : 2]?.evaluate(variables),
};

const [, parseConditionList] = fixed(3, condition);

/** $cond: a list of three, or `{if, then, else}`. */
const parseCondition: OperatorParser = (argument, scope) => {
  if (!argument.isDocument()) return parseConditionList(argument, scope);
  const options = readOptions(
    argument,
    ['if', 'then', 'else'],
    17083,
    (name) => `Unrecognized parameter to $cond: ${name}`,
  );
  const operands = [
    required(options.if, 17080, "Missing 'if' parameter to $cond"),
    required(options.then, 17081, "Missing 'then' parameter to $cond"),
    required(options.else, 17082, "Missing 'else' parameter to $cond"),
  ];
  return new Nary(
    condition,
    operands.map((operand) => scope.parse(operand)),
    scope,
  );
};

const ifNull: NaryOperator = {
  name: '$ifNull',
  evaluate(operands, variables) {
    const value = operands[0]?.evaluate(variables);
    return isNullish(value) ? operands[1]?.evaluate(variables) : value;
  },
};

interface Branch {
  readonly when: Expression;
  readonly then: Expression;
}

class Switch extends Expression {
  readonly #branches: readonly Branch[];
  readonly #otherwise: Expression | undefined;

  constructor(branches: readonly Branch[], otherwise: Expression | undefined) {
    super();
    this.#branches = branches;
    this.#otherwise = otherwise;
  }

  evaluate(variables: Variables): Value | undefined {
    for (const branch of this.#branches) {
      if (toBool(branch.when.evaluate(variables))) return branch.then.evaluate(variables);
    }
    if (this.#otherwise !== undefined) return this.#otherwise.evaluate(variables);
    throw location(
      40066,
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  }

  optimize(): Expression {
    const branches = this.#branches.map(({ when, then }) => ({
      when: when.optimize(),
      then: then.optimize(),
    }));
    return new Switch(branches, this.#otherwise?.optimize());
  }

  addDependencies(dependencies: Dependencies): void {
    for (const { when, then } of this.#branches) {
      when.addDependencies(dependencies);
      then.addDependencies(dependencies);
    }
    this.#otherwise?.addDependencies(dependencies);
  }

  toValue(): Value {
    const builder = new DocumentBuilder().openDocument('$switch').openArray('branches');
    for (const { when, then } of this.#branches) {
      builder.pushDocument().append('case', when.toValue()).append('then', then.toValue()).close();
    }
    builder.close();
    if (this.#otherwise !== undefined) builder.append('default', this.#otherwise.toValue());
    return builder.close().finish();
  }
}

const parseSwitch: OperatorParser = (argument, scope) => {
  if (!argument.isDocument()) {
    throw location(40060, `$switch requires an object as an argument, found: ${typeName(argument)}`);
  }
  const options = readOptions(
    argument,
    ['branches', 'default'],
    40067,
    (name) => `$switch found an unknown argument: ${name}`,
  );
  const { branches } = options;
  if (branches !== undefined && !branches.isArray()) {
    throw location(40061, `$switch expected an array for 'branches', found: ${typeName(branches)}`);
  }
  const parsed =
    branches === undefined ? [] : Array.from(items(branches), (item) => parseBranch(item, scope));
  const otherwise = options.default === undefined ? undefined : scope.parse(options.default);
  if (parsed.length === 0) throw location(40068, '$switch requires at least one branch.');
  return new Switch(parsed, otherwise);
};

function parseBranch(branch: Value, scope: ParseScope): Branch {
  if (!branch.isDocument()) {
    throw location(40062, `$switch expected each branch to be an object, found: ${typeName(branch)}`);
  }
  const options = readOptions(
    branch,
    ['case', 'then'],
    40063,
    (name) => `$switch found an unknown argument to a branch: ${name}`,
  );
  const when = required(options.case, 40064, "$switch requires each branch have a 'case' expression");
  const then = required(options.then, 40065, "$switch requires each branch have a 'then' expression.");
  return { when: scope.parse(when), then: scope.parse(then) };
}

/** $cond, $ifNull and $switch. */
export const conditionalOperators: readonly OperatorEntry[] = [
  ['$cond', parseCondition],
  fixed(2, ifNull),
  ['$switch', parseSwitch],
];
