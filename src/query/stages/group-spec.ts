import { stringOf } from '../../bson/access.ts';
import type { Collator } from '../../bson/compare.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { groupingKey } from '../../bson/grouping-key.ts';
import { nullValue } from '../../bson/make.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, type Element, type Value } from '../../bson/value.ts';
import { parseAccumulation, type Accumulation } from '../accumulator/accumulation.ts';
import { location } from '../errors.ts';
import { Constant, type Expression } from '../expression/expression.ts';
import { parseFields } from '../expression/containers.ts';
import { compileExpression } from '../expression/parse.ts';
import type { ParseScope } from '../expression/scope.ts';
import type { Variables } from '../expression/variables.ts';

/** An accumulation with its expression ready for use. */
export interface Field {
  accumulation: Accumulation;
  expression: Expression;
}

/** The identity of a document's group: equal keys are one group. */
export interface GroupId {
  key: string;
  /** The `_id` of the group. */
  value(): Value;
}

/** Computes the identity of the group that the document in `variables` belongs to. */
export interface GroupIdOf {
  of(variables: Variables): GroupId;
  readonly expressions: readonly Expression[];
}

/** Parses a $group specification. Throws 15947, 15948, 15955, 17390 and what accumulators throw. */
export function parseGroupSpec(specification: Value, scope: ParseScope): { id: GroupIdOf; fields: Field[] } {
  if (specification.type !== BsonType.object) {
    throw location(15947, "a group's fields must be specified in an object");
  }
  let id: GroupIdOf | undefined;
  const fields: Field[] = [];
  for (const element of elements(specification)) {
    if (element.name === '_id') {
      if (id !== undefined) throw location(15948, "a group's _id may only be specified once");
      id = parseId(element.value, scope);
    } else fields.push(fieldOf(element, scope));
  }
  if (id === undefined) throw location(15955, 'a group specification must include an _id');
  return { id, fields };
}

function fieldOf(element: Element, scope: ParseScope): Field {
  const accumulation = parseAccumulation(element, scope);
  return { accumulation, expression: scope.optimized(accumulation.expression) };
}

function parseId(value: Value, scope: ParseScope): GroupIdOf {
  if (value.type === BsonType.object && value.end - value.start > 5) {
    const [first] = elements(value);
    if (first?.name.startsWith('$') !== true) return documentId(value, scope);
    return singleId(compileExpression(value, scope), scope.collator);
  }
  const isPath = value.type === BsonType.string && stringOf(value).startsWith('$');
  const expression = isPath ? compileExpression(value, scope) : new Constant(value);
  return singleId(expression, scope.collator);
}

function singleId(expression: Expression, collator: Collator | undefined): GroupIdOf {
  return {
    expressions: [expression],
    of(variables) {
      const value = expression.evaluate(variables) ?? nullValue;
      return { key: groupingKey(value, collator), value: () => value };
    },
  };
}

/** A document as identity: missing parts are left out of it, but the only part becomes null. */
function documentId(id: Value, scope: ParseScope): GroupIdOf {
  const fields = [...elements(id)];
  if (fields.some(({ value }) => value.type === BsonType.bool || isNumberType(value.type))) {
    throw location(17390, '$group does not support inclusion-style expressions');
  }
  const parts = parseFields(id, scope).map(([name, expression]) => ({
    name,
    expression: scope.optimized(expression),
  }));
  const { collator } = scope;
  return {
    expressions: parts.map(({ expression }) => expression),
    of(variables) {
      const values = parts.map(({ expression }) => {
        const value = expression.evaluate(variables);
        return value ?? (parts.length === 1 ? nullValue : undefined);
      });
      let key = '';
      for (const value of values) {
        const part = groupingKey(value, collator);
        key += `${part.length};${part}`;
      }
      return { key, value: () => document(parts, values) };
    },
  };
}

function document(parts: { name: string }[], values: (Value | undefined)[]): Value {
  const builder = new DocumentBuilder();
  for (const [index, { name }] of parts.entries()) {
    const value = values[index];
    if (value !== undefined) builder.append(name, value);
  }
  return builder.finish();
}
