import { stringOf } from '../../bson/access.ts';
import type { Collator } from '../../bson/compare.ts';
import { printDocument } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import { CommandError, location } from '../errors.ts';
import { parseArray, parseObject } from './containers.ts';
import { Constant, type Expression } from './expression.ts';
import { parseFieldPath } from './field-path.ts';
import { operators } from './operators.ts';
import { ParseScope } from './scope.ts';

/**
 * A scope with the system variables ROOT and CURRENT, for the expressions of one stage. With `failures` the errors of constant parts
 * are put there instead of being thrown.
 */
export function createScope(collator: Collator | undefined, failures?: CommandError[]): ParseScope {
  return new ParseScope(parseExpression, collator, failures);
}

/** Parses any operand: a field path, an operator, an object, an array or a constant. Throws CommandError. */
export function parseExpression(value: Value, scope: ParseScope): Expression {
  switch (value.type) {
    case BsonType.string:
      return value.bytes[value.start + 4] === 0x24
        ? parseFieldPath(stringOf(value), scope)
        : new Constant(value);
    case BsonType.object:
      return parseDocument(value, scope);
    case BsonType.array:
      return parseArray(value, scope);
    default:
      return new Constant(value);
  }
}

/** Parses and optimizes: for the callers that need no parsed form in between. Throws CommandError. */
export function compileExpression(value: Value, scope: ParseScope): Expression {
  return scope.optimized(parseExpression(value, scope));
}

function parseDocument(value: Value, scope: ParseScope): Expression {
  const fields = [...elements(value)];
  const first = fields[0];
  if (first?.name.startsWith('$') !== true) return parseObject(value, scope);
  if (fields.length !== 1) {
    throw location(
      15983,
      `An object representing an expression must have exactly one field: ${printDocument(value)}`,
    );
  }
  return parseOperator(first.name, first.value, scope);
}

/** Parses `{[name]: argument}`, where name begins with `$`. Throws 168 for an operator that 3.4 does not have. */
function parseOperator(name: string, argument: Value, scope: ParseScope): Expression {
  const parse = operators.get(name);
  if (parse === undefined) {
    throw new CommandError(168, 'InvalidPipelineOperator', `Unrecognized expression '${name}'`);
  }
  return parse(argument, scope);
}
