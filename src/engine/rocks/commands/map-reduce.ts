import { nullValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { CommandError, location } from '../../../query/errors.ts';
import type { Batches } from '../../../query/context.ts';
import { typeName } from '../../../query/expression/type-name.ts';
import { isTruthy } from '../../../query/match/parse-leaf.ts';
import { collectionName } from '../options/collection-name.ts';
import { toLong } from '../options/numbers.ts';
import { resolveCollator } from '../query/collation.ts';
import { refuseView } from '../query/target.ts';
import { newReply } from '../reply.ts';
import { runInThread } from '../scripts/in-thread.ts';
import type { CommandContext, Handler } from './command.ts';
import { functionOption, scriptInput, type ScriptInput } from './script-input.ts';

/** mapReduce with inline results; writing them to a collection is refused. */
const handle: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const name = collectionName(command);
  checkInline(field(command, 'out'));
  const started = Date.now();
  const map = functionOption(field(command, 'map'));
  const reduce = functionOption(field(command, 'reduce'));
  const finalize = field(command, 'finalize');
  const finalizer = finalize !== undefined && isTruthy(finalize) ? functionOption(finalize) : undefined;
  const jsMode = field(command, 'jsMode');
  const filter = blankOrObject(command, 'query', 13608);
  const sort = blankOrObject(command, 'sort', 13609);
  const collation = field(command, 'collation');
  if (collation !== undefined && !collation.isDocument()) {
    throw location(
      40082,
      `mapReduce 'collation' parameter must be of type Object but found type: ${typeName(collation)}`,
    );
  }
  const scope = field(command, 'scope');
  const limit = Number(toLong(field(command, 'limit')) ?? 0n);
  await refuseView(state, db, name);
  const collection = state.catalog.collection(db, name);
  if (collection === undefined) throw new CommandError(undefined, undefined, "ns doesn't exist");
  const documents = input(context, {
    name,
    filter,
    sort,
    limit: limit > 0 ? limit : undefined,
    collation,
  });
  const scripts = {
    map,
    reduce,
    finalize: finalizer,
    scope: scope?.isDocument() === true ? scope : undefined,
    jsMode: jsMode?.type === BsonType.bool ? jsMode : undefined,
  };
  const collator = resolveCollator(collation, collection);
  const result = await runInThread('mapReduce', scripts, collator, documents, signal);
  return newReply(4096)
    .append('results', field(result, 'results') ?? nullValue)
    .int('timeMillis', Date.now() - started)
    .append('counts', field(result, 'counts') ?? nullValue);
};

function checkInline(out: Value | undefined): void {
  if (out === undefined) throw location(13606, "'out' has to be a string or an object");
  if (out.type === BsonType.object && field(out, 'inline') !== undefined) return;
  if (out.type !== BsonType.object && out.type !== BsonType.string) {
    throw location(13606, "'out' has to be a string or an object");
  }
  if (out.type === BsonType.object && !writingOutputs.some((name) => field(out, name) !== undefined)) {
    throw location(13522, "please specify one of [replace|merge|reduce|inline] in 'out' object");
  }
  throw new CommandError(20, 'IllegalOperation', 'Cannot execute a write operation in read-only mode');
}

const writingOutputs = ['normal', 'replace', 'merge', 'reduce'];

/** A document, or undefined for what is absent or false. Throws `code` for all else. */
function blankOrObject(command: Value, name: string, code: number): Value | undefined {
  const value = field(command, name);
  if (value === undefined || value.isDocument()) return value;
  if (isTruthy(value)) throw location(code, `${name} has to be blank or an Object`);
  return undefined;
}

/** What is wrong with the query or the sort has one code of mapReduce's own. */
function input(context: CommandContext, options: ScriptInput): Batches {
  try {
    return scriptInput(context, options);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw location(17238, `Can't canonicalize query: ${error.message}`);
  }
}

export const mapReduceCommands = { mapReduce: handle, mapreduce: handle };
