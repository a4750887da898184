import { stringOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { CommandError, location } from '../../../query/errors.ts';
import { firstValue } from '../options/collection-name.ts';
import { resolveCollator } from '../query/collation.ts';
import { DistinctValues } from '../query/distinct-values.ts';
import { distinctByIndex, distinctIndex } from '../query/distinct-by-index.ts';
import { emptyDocument } from '../query/empty.ts';
import { readMatching } from '../query/read-matching.ts';
import { stage } from '../query/views.ts';
import { runAggregate } from '../query/aggregate-documents.ts';
import { newReply } from '../reply.ts';
import { typeName } from '../../../query/expression/type-name.ts';
import { prepareOn } from './aggregate.ts';
import type { CommandContext, Handler } from './command.ts';

/** distinct: the values at a path, items of arrays one by one. */
const distinct: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const first = firstValue(command);
  if (first?.type !== BsonType.string) throw location(28539, 'need a valid database name');
  const name = stringOf(first);
  if (name === '') throw location(28538, 'need a non-empty collection name');
  const options = readOptions(command);
  const { key, filter, collation } = options;
  const collection = state.catalog.collection(db, name);
  if (collection === undefined && (await state.catalog.view(db, name))) {
    return distinctOfView(context, name, options);
  }
  const collator = resolveCollator(collation, collection);
  const values = new DistinctValues(key, collator);
  const index = !isEmpty(filter) || collator ? undefined : collection && distinctIndex(collection, key);
  let left = filter;
  if (index) {
    const found = await distinctByIndex(state, index, signal);
    for (const value of found.values) values.addValue(value);
    if (!found.unsure) return values.reply();
    left = new DocumentBuilder().null(key).finish();
  }
  const source = readMatching(state, collection, { filter: left, collator, signal });
  for await (const batch of source) values.add(batch);
  return values.reply();
};

function isEmpty(filter: Value): boolean {
  return filter.end - filter.start <= 5;
}

/** mongod makes a pipeline of it, so paths through arrays find other values than in a collection. */
async function distinctOfView(
  context: CommandContext,
  name: string,
  { key, filter, collation }: DistinctOptions,
): Promise<DocumentBuilder> {
  const path = `$${key}`;
  const unwind = new DocumentBuilder()
    .openDocument('$unwind')
    .string('path', path)
    .bool('preserveNullAndEmptyArrays', true)
    .close();
  const group = new DocumentBuilder().openDocument('$group').null('_id');
  group.openDocument('distinct').string('$addToSet', path).close().close();
  const pipeline = [stage('$match', filter), unwind.finish(), group.finish()];
  const options = { pipeline, collation, allowDiskUse: false, explain: false };
  const prepared = await prepareOn(context, name, options, context.signal);
  let values: Value | undefined;
  for await (const batch of runAggregate(context.state, prepared)) {
    for (const document of batch) values = field(document, 'distinct');
  }
  if (values === undefined) return newReply().openArray('values').close();
  return newReply(values.end - values.start + 64).append('values', values);
}

interface DistinctOptions {
  key: string;
  filter: Value;
  collation: Value | undefined;
}

function readOptions(command: Value): DistinctOptions {
  const key = field(command, 'key');
  if (key === undefined) throw new CommandError(4, 'NoSuchKey', 'Missing expected field "key"');
  if (key.type !== BsonType.string) throw wrongType('key', 'string', key);
  const query = field(command, 'query');
  if (query !== undefined && !query.isDocument() && query.type !== BsonType.null) {
    throw wrongType('query', 'object or null', query);
  }
  const collation = field(command, 'collation');
  if (collation !== undefined && !collation.isDocument()) throw wrongType('collation', 'object', collation);
  return { key: stringOf(key), filter: query?.isDocument() === true ? query : emptyDocument, collation };
}

function wrongType(name: string, expected: string, value: Value): CommandError {
  const message = `"${name}" had the wrong type. Expected ${expected}, found ${typeName(value)}`;
  return new CommandError(14, 'TypeMismatch', message);
}

export const distinctCommands = { distinct };
