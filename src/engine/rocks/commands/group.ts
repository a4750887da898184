import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { field } from '../../../bson/value.ts';
import { badValue, CommandError } from '../../../query/errors.ts';
import { groupDocuments } from '../../../query/javascript/group.ts';
import { firstValue } from '../options/collection-name.ts';
import { resolveCollator } from '../query/collation.ts';
import { refuseView } from '../query/target.ts';
import { newReply } from '../reply.ts';
import type { Handler } from './command.ts';
import { documentOption } from './count.ts';
import { isFunction, scriptInput } from './script-input.ts';

/** group: documents put together by a key and reduced by a script, which later versions no longer have. */
const group: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const options = firstValue(command);
  if (options?.type !== BsonType.object) throw badValue('group requires an object');
  const ns = field(options, 'ns');
  if (ns?.type !== BsonType.string) throw new CommandError(73, 'InvalidNamespace', 'Invalid namespace');
  const name = stringOf(ns);
  await refuseView(state, db, name);
  const reduce = field(options, '$reduce');
  if (!isFunction(reduce)) throw badValue('$reduce has to be set');
  const initial = field(options, 'initial');
  if (initial?.type !== BsonType.object) throw badValue('initial has to be an object');
  const key = documentOption(options, 'key');
  const keyFunction = field(options, '$keyf');
  const finalize = field(options, 'finalize');
  const collation = documentOption(options, 'collation');
  const documents = scriptInput(context, {
    name,
    filter: documentOption(options, 'cond'),
    sort: undefined,
    limit: undefined,
    collation,
  });
  const { retval, count } = await groupDocuments(
    documents,
    {
      key,
      keyFunction: key === undefined && isFunction(keyFunction) ? keyFunction : undefined,
      initial,
      reduce,
      finalize: isFunction(finalize) ? finalize : undefined,
      collator: resolveCollator(collation, state.catalog.collection(db, name)),
    },
    signal,
  );
  const reply = newReply(4096).openArray('retval');
  for (const each of retval) reply.push(each);
  return reply.close().long('count', BigInt(count)).long('keys', BigInt(retval.length));
};

export const groupCommands = { group };
