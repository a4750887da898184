import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
import { collectionName, firstValue, invalidNamespace } from '../options/collection-name.ts';
import { toUncheckedLong } from '../options/numbers.ts';
import { countDocuments } from '../query/count-documents.ts';
import { appendCount } from '../query/append-count.ts';
import { newReply } from '../reply.ts';
import type { Handler } from './command.ts';

/** count: always of what is there, never of the counters, which lag in a backup. */
const count: Handler = async (context) => {
  const { state, db, command, signal } = context;
  if (firstValue(command)?.type !== BsonType.string) throw invalidNamespace('invalid collection name');
  const name = collectionName(command);
  // mongod 3.4 takes a query that is no document for none.
  const given = field(command, 'query');
  const query = given?.isDocument() === true ? given : undefined;
  const skip = numberOption(command, 'skip');
  if (skip < 0n) throw badValue('skip value is negative in count query');
  // A negative limit is the same as a positive one here.
  const limitGiven = numberOption(command, 'limit');
  const limit = limitGiven < 0n ? -limitGiven : limitGiven;
  const found = await countDocuments(state, {
    db,
    name,
    filter: query,
    hint: hintOption(command),
    collation: countCollation(command),
    atMost: limit === 0n ? undefined : skip + limit,
    signal,
  });
  const rest = BigInt(found) > skip ? BigInt(found) - skip : 0n;
  const n = limit !== 0n && rest > limit ? limit : rest;
  return appendCount(newReply(), 'n', Number(n));
};

/** A document-valued option; null counts as absent. Throws BadValue. */
export function documentOption(command: Value, name: string): Value | undefined {
  const value = field(command, name);
  if (value === undefined || value.type === BsonType.null || value.type === BsonType.undefined)
    return undefined;
  if (value.isDocument()) return value;
  throw badValue(`${name} must be an object`);
}

/** The collation of a count. Throws BadValue for what is no document. */
function countCollation(command: Value): Value | undefined {
  const collation = field(command, 'collation');
  if (collation === undefined || collation.isDocument()) return collation;
  throw badValue('collation value is not a document');
}

/** A count's hint: the name of an index or its key pattern. An empty document is none, and so is any other type. */
export function hintOption(command: Value): Value | undefined {
  const hint = field(command, 'hint');
  if (hint?.type === BsonType.string) return hint;
  return hint?.isDocument() === true && hint.end - hint.start > 5 ? hint : undefined;
}

/** Throws BadValue. */
function numberOption(command: Value, name: string): bigint {
  const value = field(command, name);
  if (value === undefined) return 0n;
  const number = toUncheckedLong(value);
  if (number === undefined) throw badValue(`${name} value is not a valid number`);
  return number;
}

export const countCommands = { count };
