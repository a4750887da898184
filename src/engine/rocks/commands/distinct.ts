import { stringOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import { namespaceName } from '../options/collection-name.ts';
import { collationOption, wrongType } from '../options/typed-option.ts';
import { resolveCollator } from '../query/collation.ts';
import { DistinctValues } from '../query/distinct-values.ts';
import { distinctByIndex, distinctIndex } from '../query/distinct-by-index.ts';
import { emptyDocument } from '../query/empty.ts';
import { readMatching } from '../query/read-matching.ts';
import { distinctStages } from '../query/views.ts';
import { runAggregate } from '../query/aggregate-documents.ts';
import { newReply } from '../reply.ts';
import { prepareOn } from './aggregate.ts';
import type { CommandContext, Handler } from './command.ts';

/** distinct: the values at a path, items of arrays one by one. */
const distinct: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const name = namespaceName(command);
  const options = readDistinctOptions(command);
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

async function distinctOfView(
  context: CommandContext,
  name: string,
  { key, filter, collation }: DistinctOptions,
): Promise<DocumentBuilder> {
  const pipeline = distinctStages(key, filter);
  const options = { pipeline, collation, allowDiskUse: false, explain: false };
  const prepared = await prepareOn(context, name, options, context.signal);
  let values: Value | undefined;
  for await (const batch of runAggregate(context.state, prepared)) {
    for (const document of batch) values = field(document, 'distinct');
  }
  if (values === undefined) return newReply().openArray('values').close();
  return newReply(values.end - values.start + 64).append('values', values);
}

/** A distinct command, checked. */
export interface DistinctOptions {
  key: string;
  filter: Value;
  collation: Value | undefined;
}

/** Reads and checks a distinct command. Throws CommandError. */
export function readDistinctOptions(command: Value): DistinctOptions {
  const key = field(command, 'key');
  if (key === undefined) throw new CommandError(4, 'NoSuchKey', 'Missing expected field "key"');
  if (key.type !== BsonType.string) throw wrongType('key', 'string', key);
  const query = field(command, 'query');
  if (query !== undefined && !query.isDocument() && query.type !== BsonType.null) {
    throw wrongType('query', 'object or null', query);
  }
  return {
    key: stringOf(key),
    filter: query?.isDocument() === true ? query : emptyDocument,
    collation: collationOption(command),
  };
}

export const distinctCommands = { distinct };
