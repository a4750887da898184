import { stringOf } from '../../bson/access.ts';
import { canonicalType } from '../../bson/canonical.ts';
import { compareValues } from '../../bson/compare.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { printElement, printValue } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, items, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { compileExpression, createScope } from '../expression/parse.ts';
import { typeName } from '../expression/type-name.ts';
import { parseGroup } from './group.ts';
import { parseSort } from './sort.ts';
import type { StageContext, StageParser } from './stage.ts';

interface Bucket {
  groupBy: Value;
  boundaries: Value[];
  otherwise: Value | undefined;
  output: Value | undefined;
}

/** `{$bucket: {groupBy, boundaries, default, output}}`: a $group by a $switch over the boundaries, and a $sort by `_id`, as in mongod. */
export const parseBucket: StageParser = (specification, context) => {
  const bucket = parse(specification, context);
  const group = new DocumentBuilder().append('_id', switchOf(bucket));
  if (bucket.output === undefined) group.openDocument('count').int('$sum', 1).close();
  else for (const { name, value } of elements(bucket.output)) group.append(name, value);
  const sort = new DocumentBuilder().int('_id', 1).finish();
  return [...parseGroup(group.finish(), context), ...parseSort(sort, context)];
};

function switchOf({ groupBy, boundaries, otherwise }: Bucket): Value {
  const builder = new DocumentBuilder().openDocument('$switch').openArray('branches');
  for (let at = 0; at + 1 < boundaries.length; at++) {
    const low = constant(boundaries[at] as Value);
    const high = constant(boundaries[at + 1] as Value);
    builder.pushDocument().openDocument('case').openArray('$and');
    builder.pushDocument().openArray('$gte').push(groupBy).push(low).close().close();
    builder.pushDocument().openArray('$lt').push(groupBy).push(high).close().close();
    builder.close().close().append('then', low).close();
  }
  builder.close();
  if (otherwise !== undefined) builder.append('default', constant(otherwise));
  return builder.close().finish();
}

function constant(value: Value): Value {
  return new DocumentBuilder().append('$const', value).finish();
}

function parse(specification: Value, context: StageContext): Bucket {
  if (specification.type !== BsonType.object) {
    throw location(
      40201,
      `Argument to $bucket stage must be an object, but found type: ${typeName(specification)}.`,
    );
  }
  let groupBy: Value | undefined;
  let boundaries: Value[] | undefined;
  let otherwise: Value | undefined;
  let output: Value | undefined;
  for (const element of elements(specification)) {
    const { name, value } = element;
    if (name === 'groupBy') groupBy = checkGroupBy(40202, '$bucket', value);
    else if (name === 'boundaries') boundaries = parseBoundaries(value, context);
    else if (name === 'default') {
      otherwise = constantOf(value, context);
      if (otherwise === undefined) {
        throw location(
          40195,
          `The $bucket 'default' field must be a constant expression, but found: ${printElement(element)}.`,
        );
      }
    } else if (name === 'output') {
      if (value.type !== BsonType.object) {
        throw location(
          40196,
          `The $bucket 'output' field must be an object, but found type: ${typeName(value)}.`,
        );
      }
      output = value;
    } else throw location(40197, `Unrecognized option to $bucket: ${name}.`);
  }
  if (groupBy === undefined || boundaries === undefined) {
    throw location(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  }
  const [lowest] = boundaries;
  if (
    otherwise !== undefined &&
    compareValues(otherwise, lowest, context.collator) >= 0 &&
    compareValues(otherwise, boundaries.at(-1), context.collator) < 0
  ) {
    throw location(
      40199,
      "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary.",
    );
  }
  return { groupBy, boundaries, otherwise, output };
}

/** `groupBy` of $bucket and $bucketAuto: a field path or an operator. Throws `code`. */
export function checkGroupBy(code: number, stage: string, value: Value): Value {
  const [first] = value.type === BsonType.object ? elements(value) : [];
  const isPath = value.type === BsonType.string && stringOf(value).startsWith('$');
  if (isPath || first?.name.startsWith('$') === true) return value;
  throw location(
    code,
    `The ${stage} 'groupBy' field must be defined as a $-prefixed path or an expression, but found: groupBy: ${printValue(value)}.`,
  );
}

function constantOf(value: Value, context: StageContext): Value | undefined {
  const expression = compileExpression(value, createScope(context.collator));
  return expression.isConstant() ? expression.value : undefined;
}

function parseBoundaries(value: Value, context: StageContext): Value[] {
  if (value.type !== BsonType.array) {
    throw location(
      40200,
      `The $bucket 'boundaries' field must be an array, but found type: ${typeName(value)}.`,
    );
  }
  const boundaries = [...items(value)].map((item) => {
    const boundary = constantOf(item, context);
    if (boundary === undefined) {
      throw location(
        40191,
        `The $bucket 'boundaries' field must be an array of constant values, but found value: ${printValue(item)}.`,
      );
    }
    return boundary;
  });
  if (boundaries.length < 2) {
    throw location(
      40192,
      `The $bucket 'boundaries' field must have at least 2 values, but found ${boundaries.length} value(s).`,
    );
  }
  for (const [index, upper] of boundaries.entries()) {
    const lower = boundaries[index - 1];
    if (lower === undefined) continue;
    if (canonicalType(lower.type) !== canonicalType(upper.type)) {
      throw location(
        40193,
        `All values in the the 'boundaries' option to $bucket must have the same type. Found conflicting types ${typeName(lower)} and ${typeName(upper)}.`,
      );
    }
    if (compareValues(lower, upper, context.collator) >= 0) {
      throw location(
        40194,
        `The 'boundaries' option to $bucket must be sorted, but elements ${index - 1} and ${index} are not in ascending order (${printValue(lower)} is not less than ${printValue(upper)}).`,
      );
    }
  }
  return boundaries;
}
