import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { badValue, CommandError } from '../../../query/errors.ts';
import { collectionName } from '../options/collection-name.ts';
import { toLong } from '../options/numbers.ts';
import { checkReadConcern } from '../options/read-concern.ts';
import { countDocuments } from '../query/count-documents.ts';
import { appendCount } from '../query/append-count.ts';
import { newReply } from '../reply.ts';
import type { Handler } from './command.ts';

/** count: always of what is there, never of the counters, which lag in a backup. */
const count: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const name = collectionName(command);
  checkReadConcern(command);
  // mongod 3.4 takes a query that is no document for none.
  const given = field(command, 'query');
  const query = given?.isDocument() === true ? given : undefined;
  const skip = toLong(field(command, 'skip')) ?? 0n;
  if (skip < 0n) throw badValue('skip value is negative in count query');
  // A negative limit is the same as a positive one here.
  const limitGiven = toLong(field(command, 'limit')) ?? 0n;
  const limit = limitGiven < 0n ? -limitGiven : limitGiven;
  const found = await countDocuments(state, {
    db,
    name,
    filter: query,
    hint: hintOption(command),
    collation: documentOption(command, 'collation'),
    atMost: limit === 0n ? undefined : skip + limit,
    signal,
  });
  const rest = BigInt(found) > skip ? BigInt(found) - skip : 0n;
  const n = limit !== 0n && rest > limit ? limit : rest;
  return appendCount(newReply(), 'n', Number(n));
};

/** A document-valued option; null counts as absent. Throws TypeMismatch. */
export function documentOption(command: Value, name: string): Value | undefined {
  const value = field(command, name);
  if (value === undefined || value.type === BsonType.null || value.type === BsonType.undefined)
    return undefined;
  if (value.isDocument()) return value;
  throw badValue(`${name} must be an object`);
}

/** A hint: the name of an index or its key pattern; an empty document is none. Throws BadValue. */
export function hintOption(command: Value): Value | undefined {
  const hint = field(command, 'hint');
  if (hint === undefined) return undefined;
  if (hint.type === BsonType.string) return hint;
  if (!hint.isDocument())
    throw new CommandError(2, 'BadValue', 'hint must be either a string or nested object');
  return hint.end - hint.start === 5 ? undefined : hint;
}

export const countCommands = { count };
