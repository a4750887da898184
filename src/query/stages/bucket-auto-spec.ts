import { stringOf } from '../../bson/access.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { exactLong } from '../../bson/numbers.ts';
import { printValue } from '../../bson/print.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import { parseAccumulation } from '../accumulator/accumulation.ts';
import { location } from '../errors.ts';
import type { Expression } from '../expression/expression.ts';
import { createScope } from '../expression/parse.ts';
import { typeName } from '../expression/type-name.ts';
import { checkGroupBy } from './bucket.ts';
import type { Field } from './group-spec.ts';
import { rounderNamed, type Rounder } from './preferred-numbers.ts';
import type { StageContext } from './stage.ts';

export interface BucketAuto {
  groupBy: Expression;
  buckets: number;
  fields: Field[];
  rounder: Rounder | undefined;
}

/** Parses a $bucketAuto specification; mongod does not optimize its expressions. Throws 40239 to 40246, 40257, 40261. */
export function parseBucketAutoSpec(specification: Value, { collator }: StageContext): BucketAuto {
  if (specification.type !== BsonType.object) {
    throw location(
      40240,
      `The argument to $bucketAuto must be an object, but found type: ${typeName(specification)}`,
    );
  }
  const scope = createScope(collator);
  let groupBy: Expression | undefined;
  let buckets: number | undefined;
  let output = defaultOutput;
  let rounder: Rounder | undefined;
  for (const { name, value } of elements(specification)) {
    if (name === 'groupBy') groupBy = scope.parse(checkGroupBy(40239, '$bucketAuto', value));
    else if (name === 'buckets') buckets = parseCount(value);
    else if (name === 'output') {
      if (value.type !== BsonType.object) {
        throw location(
          40244,
          `The $bucketAuto 'output' field must be an object, but found type: ${typeName(value)}`,
        );
      }
      output = value;
    } else if (name === 'granularity') rounder = parseGranularity(value);
    else throw location(40245, `Unrecognized option to $bucketAuto: ${name}.`);
  }
  if (groupBy === undefined || buckets === undefined) {
    throw location(40246, "$bucketAuto requires 'groupBy' and 'buckets' to be specified");
  }
  const given = output.end - output.start > 5 ? output : defaultOutput;
  const fields = Array.from(elements(given), (element) => {
    const accumulation = parseAccumulation(element, scope);
    return { accumulation, expression: accumulation.expression };
  });
  return { groupBy, buckets, fields, rounder };
}

const defaultOutput = new DocumentBuilder().openDocument('count').int('$sum', 1).close().finish();

function parseCount(value: Value): number {
  if (!isNumberType(value.type)) {
    throw location(
      40241,
      `The $bucketAuto 'buckets' field must be a numeric value, but found type: ${typeName(value)}`,
    );
  }
  const count = exactLong(value);
  if (count === undefined || count > 0x7fff_ffffn || count < -0x8000_0000n) {
    throw location(
      40242,
      `The $bucketAuto 'buckets' field must be representable as a 32-bit integer, but found ${printValue(value)}`,
    );
  }
  if (count <= 0n) {
    throw location(
      40243,
      `The $bucketAuto 'buckets' field must be greater than 0, but found: ${String(count)}`,
    );
  }
  return Number(count);
}

function parseGranularity(value: Value): Rounder {
  if (value.type !== BsonType.string) {
    throw location(
      40261,
      `The $bucketAuto 'granularity' field must be a string, but found type: ${typeName(value)}`,
    );
  }
  const rounder = rounderNamed(stringOf(value));
  if (rounder === undefined) throw location(40257, `Unknown rounding granularity '${stringOf(value)}'`);
  return rounder;
}
