import type { DocumentBuilder } from '../../../bson/builder.ts';
import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import { firstValue } from '../options/collection-name.ts';
import { newReply } from '../reply.ts';
import { adminOnly } from './admin-only.ts';
import type { Handler } from './command.ts';

/** The server parameters that clients ask for, with the values of a server as it comes. */
const parameters: Readonly<Record<string, (reply: DocumentBuilder, name: string) => unknown>> = {
  featureCompatibilityVersion: (reply, name) => reply.string(name, '3.4'),
  logLevel: (reply, name) => reply.int(name, 0),
  quiet: (reply, name) => reply.bool(name, false),
  cursorTimeoutMillis: (reply, name) => reply.long(name, 600_000n),
  notablescan: (reply, name) => reply.bool(name, false),
  ttlMonitorEnabled: (reply, name) => reply.bool(name, false),
  internalQueryExecMaxBlockingSortBytes: (reply, name) => reply.int(name, 33_554_432),
  authSchemaVersion: (reply, name) => reply.int(name, 5),
  traceExceptions: (reply, name) => reply.bool(name, false),
};

/** getParameter: some, or all with `"*"`. */
const getParameter: Handler = (context) => {
  adminOnly(context);
  const { command } = context;
  const first = firstValue(command);
  const all = first?.type === BsonType.string && stringOf(first) === '*';
  const asked = all ? Object.keys(parameters) : [...elements(command)].map(({ name }) => name);
  const known = asked.filter((name) => Object.hasOwn(parameters, name));
  if (known.length === 0) throw new CommandError(undefined, undefined, 'no option found to get');
  const reply = newReply();
  for (const name of known) parameters[name]?.(reply, name);
  return reply;
};

export const parameterCommands = { getParameter };
