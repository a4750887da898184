import { stringOf } from '../../bson/access.ts';
import { printDocument, printValue } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, type Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { splitFieldPath } from '../expression/field-path.ts';
import { typeName } from '../expression/type-name.ts';
import { joined } from './lookup-join.ts';
import type { StageParser } from './stage.ts';

/** `{$lookup: {from, localField, foreignField, as}}`: adds an array with the documents of another collection that have an equal value. */
export const parseLookup: StageParser = (specification, context) => {
  const options = new Map<string, string>();
  for (const { name, value } of elements(specification)) {
    if (value.type !== BsonType.string) {
      throw location(
        4570,
        `arguments to $lookup must be strings, ${name}: ${printValue(value)} is type ${typeName(value)}`,
      );
    }
    if (!['from', 'localField', 'foreignField', 'as'].includes(name)) {
      throw location(4571, `unknown argument to $lookup: ${name}`);
    }
    options.set(name, stringOf(value));
  }
  const [from, localField, foreignField, as] = ['from', 'localField', 'foreignField', 'as'].map((name) =>
    options.get(name),
  );
  if (!from || !localField || !foreignField || !as) {
    throw location(4572, 'need to specify fields from, as, localField, and foreignField for a $lookup');
  }
  const join = {
    from,
    localPath: splitFieldPath(localField),
    foreignField: splitFieldPath(foreignField).join('.'),
    as: splitFieldPath(as),
    inPieces: false,
  };
  const inPieces = { ...join, inPieces: true };
  const pieces = {
    path: join.as.join('.'),
    run: (input: Batches) => joined(input, inPieces, context),
  };
  return [{ name: '$lookup', hints: { pieces }, run: (input) => joined(input, join, context) }];
};

/** Checks the shape and the `from` of a $lookup. Throws 40319 to 40322. */
export function checkLookupFrom(specification: Value): void {
  checkFrom('$lookup', specification, [40319, 40320, 40321, 40322]);
}

/** Checks the shape of a $lookup or $graphLookup and its `from`: codes for no object, no `from`, a wrong type of it and an empty name. */
export function checkFrom(
  stage: string,
  specification: Value,
  codes: readonly [number, number, number, number],
): void {
  if (specification.type !== BsonType.object) {
    throw location(
      codes[0],
      `the ${stage} stage specification must be an object, but found ${typeName(specification)}`,
    );
  }
  const from = field(specification, 'from');
  if (from === undefined) {
    throw location(
      codes[1],
      `missing 'from' option to ${stage} stage specification: ${printDocument(specification)}`,
    );
  }
  if (from.type !== BsonType.string) {
    throw location(codes[2], `'from' option to ${stage} must be a string, but was type ${typeName(from)}`);
  }
  if (stringOf(from) === '') throw location(codes[3], `invalid ${stage} namespace: ${stringOf(from)}`);
}
