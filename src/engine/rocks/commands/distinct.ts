import { stringOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { CommandError, location } from '../../../query/errors.ts';
import { firstValue } from '../options/collection-name.ts';
import { checkReadConcern } from '../options/read-concern.ts';
import { resolveCollator } from '../query/collation.ts';
import { DistinctValues } from '../query/distinct-values.ts';
import { distinctByIndex, distinctIndex } from '../query/distinct-by-index.ts';
import { emptyDocument } from '../query/empty.ts';
import { readMatching } from '../query/read-matching.ts';
import { resolveView, type ResolvedView } from '../query/resolved-view.ts';
import { checkViewCollation, stage } from '../query/views.ts';
import { prepareAggregate, runAggregate } from '../query/aggregate-documents.ts';
import { parseCollation } from '../../../query/collation.ts';
import type { Batches } from '../../../query/context.ts';
import type { RocksEngineState } from '../state.ts';
import { typeName } from '../../../query/expression/type-name.ts';
import type { Handler } from './command.ts';

/** distinct: the values at a path, items of arrays one by one. */
const distinct: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const first = firstValue(command);
  if (first?.type !== BsonType.string) throw location(28539, 'need a valid database name');
  const name = stringOf(first);
  if (name === '') throw location(28538, 'need a non-empty collection name');
  const { key, filter, collation } = readOptions(command);
  checkReadConcern(command);
  const collection = state.catalog.collection(db, name);
  const view = await resolveView(state, db, name);
  if (view) checkViewCollation(collation, view);
  const collator = resolveCollator(collation, collection);
  const values = new DistinctValues(key, view ? view.collation && parseCollation(view.collation) : collator);
  const index =
    view || !isEmpty(filter) || collator ? undefined : collection && distinctIndex(collection, key);
  let left = filter;
  if (index) {
    const found = await distinctByIndex(state, index, signal);
    for (const value of found.values) values.addValue(value);
    if (!found.unsure) return values.reply();
    left = new DocumentBuilder().null(key).finish();
  }
  const source = view
    ? viewDocuments(state, db, view, filter, signal)
    : readMatching(state, collection, { filter: left, collator, signal });
  for await (const batch of source) values.add(batch);
  return values.reply();
};

function isEmpty(filter: Value): boolean {
  return filter.end - filter.start <= 5;
}

async function* viewDocuments(
  state: RocksEngineState,
  db: string,
  view: ResolvedView,
  filter: Value,
  signal: AbortSignal,
): Batches {
  const prepared = await prepareAggregate(state, {
    db,
    collection: view.collection,
    pipeline: [...view.pipeline, stage('$match', filter)],
    collator: view.collation && parseCollation(view.collation),
    allowDiskUse: false,
    signal,
  });
  yield* runAggregate(state, prepared);
}

function readOptions(command: Value): { key: string; filter: Value; collation: Value | undefined } {
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
