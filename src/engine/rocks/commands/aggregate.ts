import { boolOf, stringOf } from '../../../bson/access.ts';
import type { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, field, items, type Value } from '../../../bson/value.ts';
import { CommandError, failedToParse, location } from '../../../query/errors.ts';
import { parseCollation } from '../../../query/collation.ts';
import { cursorSignal } from '../cursors/cursor-signal.ts';
import { cursorOptions, startCursor } from '../cursors/start-cursor.ts';
import { firstValue } from '../options/collection-name.ts';
import { prepareAggregate, runAggregate, type PreparedAggregate } from '../query/aggregate-documents.ts';
import { resolveCollator } from '../query/collation.ts';
import { resolveView } from '../query/resolved-view.ts';
import { checkViewCollation } from '../query/views.ts';
import { newReply } from '../reply.ts';
import type { CommandContext, Handler } from './command.ts';
import { explainAggregate } from '../explain/explain-aggregate.ts';

/** aggregate. */
const aggregate: Handler = async (context) => {
  const { command } = context;
  const options = readAggregateOptions(command);
  const cursor = cursorOptions(command);
  if (options.explain) {
    return explainAggregate(context, options);
  }
  return aggregateOn(
    context,
    options.name,
    options,
    cursor.given ? { batchSize: cursor.batchSize } : undefined,
  );
};

function aggregateName(command: Value): string {
  const first = firstValue(command);
  if (first?.type !== BsonType.string) throw location(16886, 'nsToCollectionSubstring: no .');
  const name = stringOf(first);
  if (name === '') throw new CommandError(undefined, undefined, 'missing collection name');
  return name;
}

/** The options of a pipeline and the collection or view that it is for. */
export interface NamedAggregate extends AggregateOptions {
  name: string;
}

export interface AggregateOptions {
  pipeline: Value[];
  collation: Value | undefined;
  allowDiskUse: boolean;
  explain: boolean;
}

/** Runs a pipeline and replies with a cursor, or with all results where no cursor was asked for. */
export async function aggregateOn(
  context: CommandContext,
  name: string,
  options: AggregateOptions,
  cursor: { batchSize: number | undefined; singleBatch?: boolean } | undefined,
): Promise<DocumentBuilder> {
  const { state, db } = context;
  const { abort, detach } = cursorSignal(context.signal);
  try {
    const prepared = await prepareOn(context, name, options, abort.signal);
    const documents = runAggregate(state, prepared);
    if (cursor)
      return await startCursor(context, { namespace: `${db}.${name}`, documents, ...cursor, abort });
    const reply = newReply(4096).openArray('result');
    for await (const batch of documents) {
      for (const document of batch) {
        reply.push(document);
        if (reply.size > 16 * 1024 * 1024) {
          throw new CommandError(
            16389,
            'Location16389',
            'aggregation result exceeds maximum document size (16MB)',
          );
        }
      }
    }
    return reply.close();
  } finally {
    detach();
  }
}

/** Prepares a pipeline on a collection or a view. */
export async function prepareOn(
  { state, db }: CommandContext,
  name: string,
  options: AggregateOptions,
  signal: AbortSignal,
): Promise<PreparedAggregate> {
  const { pipeline, allowDiskUse } = options;
  const view = startsWithCollStats(pipeline) ? undefined : await resolveView(state, db, name);
  if (view) {
    checkViewCollation(options.collation, view);
    return prepareAggregate(state, {
      db,
      collection: view.collection,
      pipeline: [...view.pipeline, ...pipeline],
      collator: view.collation && parseCollation(view.collation),
      allowDiskUse,
      signal,
    });
  }
  const collator = resolveCollator(options.collation, state.catalog.collection(db, name));
  return prepareAggregate(state, { db, collection: name, pipeline, collator, allowDiskUse, signal });
}

/** $collStats tells of a view itself. */
function startsWithCollStats([first]: Value[]): boolean {
  return first !== undefined && field(first, '$collStats') !== undefined;
}

const known = new Set([
  'pipeline',
  'cursor',
  'explain',
  'allowDiskUse',
  'bypassDocumentValidation',
  'collation',
  'maxTimeMS',
  'readConcern',
  'fromRouter',
]);

/** Reads and checks an aggregate command. Throws CommandError. */
export function readAggregateOptions(command: Value): NamedAggregate {
  const name = aggregateName(command);
  let first = true;
  for (const element of elements(command)) {
    if (!first && !known.has(element.name) && !element.name.startsWith('$')) {
      throw failedToParse(`unrecognized field '${element.name}'`);
    }
    first = false;
  }
  const pipeline = field(command, 'pipeline');
  if (pipeline?.isArray() !== true) throw typeMismatch("'pipeline' option must be specified as an array");
  const stages = [...items(pipeline)];
  if (stages.some((stage) => !stage.isDocument())) {
    throw typeMismatch("Each element of the 'pipeline' array must be an object");
  }
  const collation = field(command, 'collation');
  if (collation && !collation.isDocument()) throw typeMismatch('collation must be an object');
  flag(command, 'fromRouter');
  return {
    name,
    pipeline: stages,
    collation,
    allowDiskUse: flag(command, 'allowDiskUse'),
    explain: flag(command, 'explain'),
  };
}

function flag(command: Value, name: string): boolean {
  const value = field(command, name);
  if (value === undefined) return false;
  if (value.type !== BsonType.bool) throw typeMismatch(`${name} must be a boolean`);
  return boolOf(value);
}

function typeMismatch(message: string): CommandError {
  return new CommandError(14, 'TypeMismatch', message);
}

export const aggregateCommands = { aggregate };
