import { BsonType } from '../../../bson/types.ts';
import { documentOf, field, type Value } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
import { collectionName, firstValue, invalidNamespace } from '../options/collection-name.ts';
import { toUncheckedLong } from '../options/numbers.ts';
import { emptyDocument } from './empty.ts';

/** A count command, checked. */
export interface CountOptions {
  name: string;
  filter: Value;
  /** The name of an index or its key pattern. */
  hint: Value | undefined;
  collation: Value | undefined;
  /** Undefined if absent. */
  skip: bigint | undefined;
  /** Undefined if absent; 0 is no limit on a collection. */
  limit: bigint | undefined;
}

/** Reads and checks a count command. Throws CommandError. */
export function readCountOptions(command: Value): CountOptions {
  if (firstValue(command)?.type !== BsonType.string) throw invalidNamespace('invalid collection name');
  const name = collectionName(command);
  const limit = numberOption(command, 'limit');
  const skip = numberOption(command, 'skip');
  if (skip !== undefined && skip < 0n) throw badValue('skip value is negative in count query');
  const collation = field(command, 'collation');
  if (collation !== undefined && !collation.isDocument()) {
    throw badValue('collation value is not a document');
  }
  return {
    name,
    filter: filterOption(command),
    hint: hintOption(command),
    collation,
    skip,
    // A negative limit is the same as a positive one here.
    limit: limit !== undefined && limit < 0n ? -limit : limit,
  };
}

/** mongod 3.4 takes an array for the document that it is in BSON, and a query of any other type for none. */
function filterOption(command: Value): Value {
  const query = field(command, 'query');
  if (query?.isArray() === true) return documentOf(Buffer.from(query.slice()));
  return query?.isDocument() === true ? query : emptyDocument;
}

/** An empty document is no hint, and so is any other type. */
function hintOption(command: Value): Value | undefined {
  const hint = field(command, 'hint');
  if (hint?.type === BsonType.string) return hint;
  return hint?.isDocument() === true && hint.end - hint.start > 5 ? hint : undefined;
}

/** Throws BadValue. */
function numberOption(command: Value, name: string): bigint | undefined {
  const value = field(command, name);
  if (value === undefined) return undefined;
  const number = toUncheckedLong(value);
  if (number === undefined) throw badValue(`${name} value is not a valid number`);
  return number;
}
