import { boolOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { CommandError, location } from '../../../query/errors.ts';
import { mapReduce } from '../../../query/javascript/map-reduce.ts';
import { collectionName } from '../options/collection-name.ts';
import { toLong } from '../options/numbers.ts';
import { resolveCollator } from '../query/collation.ts';
import { refuseView } from '../query/target.ts';
import { newReply } from '../reply.ts';
import type { Handler } from './command.ts';
import { documentOption } from './count.ts';
import { functionOption, isFunction, scriptInput } from './script-input.ts';

/** mapReduce with inline results; writing them to a collection is refused. */
const handle: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const name = collectionName(command);
  checkInline(field(command, 'out'));
  await refuseView(state, db, name);
  const started = Date.now();
  const map = functionOption(field(command, 'map'), 'map', 13598);
  const reduce = functionOption(field(command, 'reduce'), 'reduce', 13598);
  const finalize = field(command, 'finalize');
  const jsMode = field(command, 'jsMode');
  const limit = Number(toLong(field(command, 'limit')) ?? 0n);
  const collation = documentOption(command, 'collation');
  const collection = state.catalog.collection(db, name);
  if (collection === undefined) throw new CommandError(26, 'NamespaceNotFound', "ns doesn't exist");
  const documents = scriptInput(context, {
    name,
    filter: documentOption(command, 'query'),
    sort: documentOption(command, 'sort'),
    limit: limit > 0 ? limit : undefined,
    collation,
  });
  const { results, counts } = await mapReduce(
    documents,
    {
      map,
      reduce,
      finalize: isFunction(finalize) ? finalize : undefined,
      scope: documentOption(command, 'scope'),
      jsMode: jsMode?.type === BsonType.bool && boolOf(jsMode),
      collator: resolveCollator(collation, collection),
    },
    signal,
  );
  const reply = newReply(4096).openArray('results');
  for (const result of results) reply.push(result);
  return reply
    .close()
    .int('timeMillis', Date.now() - started)
    .openDocument('counts')
    .int('input', counts.input)
    .int('emit', counts.emit)
    .int('reduce', counts.reduce)
    .int('output', counts.output)
    .close();
};

function checkInline(out: Value | undefined): void {
  if (out === undefined) throw location(13606, "'out' has to be a string or an object");
  if (out.type === BsonType.object && field(out, 'inline') !== undefined) return;
  if (out.type !== BsonType.object && out.type !== BsonType.string) {
    throw location(13606, "'out' has to be a string or an object");
  }
  throw new CommandError(20, 'IllegalOperation', 'Cannot execute a write operation in read-only mode');
}

export const mapReduceCommands = { mapReduce: handle, mapreduce: handle };
