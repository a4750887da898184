import { DocumentBuilder } from '../../bson/builder.ts';
import { nullValue } from '../../bson/make.ts';
import { printDocument } from '../../bson/print.ts';
import { elements, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import type { Dependencies } from './dependencies.ts';
import { Expression } from './expression.ts';
import { checkFieldName } from './field-path.ts';
import { Nary, parseOperands, type NaryOperator } from './nary.ts';
import type { ParseScope } from './scope.ts';
import type { Variables } from './variables.ts';

const arrayOperator: NaryOperator = {
  name: '[]',
  evaluate(operands, variables) {
    const builder = new DocumentBuilder(64);
    for (const operand of operands) builder.push(operand.evaluate(variables) ?? nullValue);
    return builder.finishArray();
  },
};

/** An array expression, `[a, b]`: missing values become null. */
export class ArrayExpression extends Nary {
  constructor(operands: readonly Expression[], scope: ParseScope) {
    super(arrayOperator, operands, scope);
  }

  override optimize(): Expression {
    const optimized = super.optimize();
    return optimized instanceof Nary ? new ArrayExpression(optimized.operands, this.scope) : optimized;
  }

  override toValue(): Value {
    const builder = new DocumentBuilder();
    for (const operand of this.operands) builder.push(operand.toValue());
    return builder.finishArray();
  }
}

/** Parses an array expression. Throws CommandError. */
export function parseArray(value: Value, scope: ParseScope): Expression {
  return new ArrayExpression(parseOperands(value, scope), scope);
}

/** An object expression, `{a: x, b: y}`: fields whose value is missing are left out. */
export class ObjectExpression extends Expression {
  readonly fields: readonly (readonly [string, Expression])[];

  constructor(fields: readonly (readonly [string, Expression])[]) {
    super();
    this.fields = fields;
  }

  evaluate(variables: Variables): Value {
    const builder = new DocumentBuilder(64);
    for (const [name, expression] of this.fields) {
      const value = expression.evaluate(variables);
      if (value !== undefined) builder.append(name, value);
    }
    return builder.finish();
  }

  optimize(): Expression {
    return new ObjectExpression(this.fields.map(([name, field]) => [name, field.optimize()] as const));
  }

  addDependencies(dependencies: Dependencies): void {
    for (const [, field] of this.fields) field.addDependencies(dependencies);
  }

  toValue(): Value {
    const builder = new DocumentBuilder();
    for (const [name, field] of this.fields) builder.append(name, field.toValue());
    return builder.finish();
  }
}

/** Parses an object expression. Throws 16406 for a name given twice, and for names with dots, `$` or NUL. */
export function parseObject(value: Value, scope: ParseScope): Expression {
  return new ObjectExpression(parseFields(value, scope));
}

/** The fields of an object expression; throws as `parseObject`. */
export function parseFields(value: Value, scope: ParseScope): (readonly [string, Expression])[] {
  const names = new Set<string>();
  const fields: (readonly [string, Expression])[] = [];
  for (const { name, value: operand } of elements(value)) {
    checkFieldName(name);
    if (names.has(name)) {
      throw location(16406, `duplicate field name specified in object literal: ${printDocument(value)}`);
    }
    names.add(name);
    fields.push([name, scope.parse(operand)]);
  }
  return fields;
}
