import { DocumentBuilder } from '../../bson/builder.ts';
import { items, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import type { Dependencies } from './dependencies.ts';
import { Constant, Expression } from './expression.ts';
import type { OperatorEntry } from './operator.ts';
import type { ParseScope } from './scope.ts';
import { Variables } from './variables.ts';

/** An operator whose arguments are a list of expressions. */
export interface NaryOperator {
  /** With its `$`. */
  readonly name: string;
  evaluate(operands: readonly Expression[], variables: Variables, scope: ParseScope): Value | undefined;
  /** Nested uses of the same operator may be joined: for that many operands. */
  associative?: (operands: number) => boolean;
  /** Constant operands may change places with others. */
  readonly commutative?: boolean;
  /** A last step after the operands are optimized. */
  simplify?: (operands: Expression[], scope: ParseScope) => Expression | undefined;
}

/** For operators that are associative with any number of operands. */
export const always = (): boolean => true;

/** A use of an operator with its operands. */
export class Nary extends Expression {
  readonly operator: NaryOperator;
  readonly operands: readonly Expression[];
  protected readonly scope: ParseScope;

  constructor(operator: NaryOperator, operands: readonly Expression[], scope: ParseScope) {
    super();
    this.operator = operator;
    this.operands = operands;
    this.scope = scope;
  }

  evaluate(variables: Variables): Value | undefined {
    return this.operator.evaluate(this.operands, variables, this.scope);
  }

  optimize(): Expression {
    const operands = this.operands.map((operand) => operand.optimize());
    if (operands.every((operand) => operand.isConstant())) return this.#constant(operands);
    const joined = this.#isAssociative(operands) ? this.#join(operands) : operands;
    return this.operator.simplify?.(joined, this.scope) ?? new Nary(this.operator, joined, this.scope);
  }

  addDependencies(dependencies: Dependencies): void {
    for (const operand of this.operands) operand.addDependencies(dependencies);
  }

  toValue(): Value {
    const builder = new DocumentBuilder().openArray(this.operator.name);
    for (const operand of this.operands) builder.push(operand.toValue());
    return builder.close().finish();
  }

  #isAssociative(operands: readonly Expression[]): boolean {
    return this.operator.associative?.(operands.length) ?? false;
  }

  #constant(operands: readonly Expression[]): Constant {
    return new Constant(this.operator.evaluate(operands, new Variables(), this.scope));
  }

  /** Takes in the operands of nested uses and computes neighbouring constants, all at the end where order is free. */
  #join(operands: readonly Expression[]): Expression[] {
    const waiting = [...operands].reverse();
    const joined: Expression[] = [];
    let constants: Expression[] = [];
    const flush = (): void => {
      if (constants.length > 1) joined.push(this.#constant(constants));
      else joined.push(...constants);
      constants = [];
    };
    for (let operand = waiting.pop(); operand !== undefined; operand = waiting.pop()) {
      if (operand.isConstant()) {
        constants.push(operand);
      } else if (
        operand instanceof Nary &&
        operand.operator === this.operator &&
        this.#isAssociative(operand.operands)
      ) {
        waiting.push(...[...operand.operands].reverse());
      } else {
        if (this.operator.commutative !== true) flush();
        joined.push(operand);
      }
    }
    flush();
    return joined;
  }
}

/** The operands of `{$name: argument}`: the items of an array, else the argument itself. */
export function parseOperands(argument: Value, scope: ParseScope): Expression[] {
  if (!argument.isArray()) return [scope.parse(argument)];
  return Array.from(items(argument), (item) => scope.parse(item));
}

/** An operator of any number of operands. */
export function variadic(operator: NaryOperator): OperatorEntry {
  return [operator.name, (argument, scope) => new Nary(operator, parseOperands(argument, scope), scope)];
}

/** An operator of exactly `count` operands; other counts throw 16020 when parsed. */
export function fixed(count: number, operator: NaryOperator): OperatorEntry {
  return [
    operator.name,
    (argument, scope) => {
      const operands = parseOperands(argument, scope);
      if (operands.length !== count) {
        throw location(
          16020,
          `Expression ${operator.name} takes exactly ${count} arguments. ${operands.length} were passed in.`,
        );
      }
      return new Nary(operator, operands, scope);
    },
  ];
}

/** An operator of `least` to `most` operands; other counts throw 28667 when parsed. */
export function ranged(least: number, most: number, operator: NaryOperator): OperatorEntry {
  return [
    operator.name,
    (argument, scope) => {
      const operands = parseOperands(argument, scope);
      const { length } = operands;
      if (length < least || length > most) {
        throw location(
          28667,
          `Expression ${operator.name} takes at least ${least} arguments, and at most ${most}, but ${length} were passed in.`,
        );
      }
      return new Nary(operator, operands, scope);
    },
  ];
}

/** An operator of one operand that is a function of its value. */
export function unary(
  name: string,
  apply: (value: Value | undefined, scope: ParseScope) => Value | undefined,
): OperatorEntry {
  return fixed(1, {
    name,
    evaluate: (operands, variables, scope) => apply(operands[0]?.evaluate(variables), scope),
  });
}

/** An operator of two operands that is a function of their values. */
export function binary(
  name: string,
  apply: (left: Value | undefined, right: Value | undefined, scope: ParseScope) => Value | undefined,
): OperatorEntry {
  return fixed(2, {
    name,
    evaluate: (operands, variables, scope) =>
      apply(operands[0]?.evaluate(variables), operands[1]?.evaluate(variables), scope),
  });
}
