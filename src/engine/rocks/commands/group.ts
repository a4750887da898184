import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, field, type Value } from '../../../bson/value.ts';
import { badValue, location } from '../../../query/errors.ts';
import { firstValue } from '../options/collection-name.ts';
import { collationOption } from '../options/typed-option.ts';
import { resolveCollator } from '../query/collation.ts';
import { refuseView } from '../query/target.ts';
import { newReply } from '../reply.ts';
import { runInThread } from '../scripts/in-thread.ts';
import type { Handler } from './command.ts';
import { functionOption, scriptInput } from './script-input.ts';

/** group: documents put together by a key and reduced by a script, which later versions no longer have. */
const group: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const options = firstValue(command);
  if (options?.type !== BsonType.object)
    throw location(10065, 'invalid parameter: expected an object (group)');
  const ns = field(options, 'ns');
  if (ns?.type !== BsonType.string) throw location(17211, 'ns has to be set');
  const name = stringOf(ns);
  const key = objectOf(options, 'key');
  const keyGiven = field(options, '$keyf');
  if (key !== undefined && keyGiven !== undefined) throw badValue("can't have key and $keyf");
  const keyFunction = keyGiven && functionOption(keyGiven);
  const collation = collationOption(options);
  const reduceGiven = field(options, '$reduce');
  if (reduceGiven === undefined) throw badValue('$reduce has to be set');
  const reduce = functionOption(reduceGiven);
  const initial = objectOf(options, 'initial');
  if (initial === undefined) throw badValue('initial has to be an object');
  const finalize = field(options, 'finalize');
  const finalizer = finalize && functionOption(finalize);
  await refuseView(state, db, name);
  const documents = scriptInput(context, {
    name,
    filter: objectOf(options, 'cond', 'condition', 'query', 'q'),
    sort: undefined,
    limit: undefined,
    collation,
  });
  const collator = resolveCollator(collation, state.catalog.collection(db, name));
  const scripts = { key, keyFunction, initial, reduce, finalize: finalizer };
  const result = await runInThread('group', scripts, collator, documents, signal);
  const reply = newReply(4096);
  for (const each of elements(result)) reply.append(each.name, each.value);
  return reply;
};

/** The first of these options that is a document. */
function objectOf(options: Value, ...names: string[]): Value | undefined {
  for (const name of names) {
    const value = field(options, name);
    if (value?.isDocument() === true) return value;
  }
  return undefined;
}

export const groupCommands = { group };
