import { setMaxListeners } from 'node:events';
import { documentOf, elements, type Value } from '../../bson/value.ts';
import { InvalidBson } from '../../bson/layout.ts';
import { printDocument } from '../../bson/print.ts';
import { bsonProblem } from '../../bson/validate.ts';
import { CommandError } from '../../query/errors.ts';
import { loadJavaScript } from '../../query/javascript/sandbox.ts';
import { mentionsWhere } from '../../query/javascript/where.ts';
import type { CommandRequest } from '../engine.ts';
import type { CommandContext, Handler } from './commands/command.ts';
import { handlers } from './commands/table.ts';
import { checkDatabaseName } from './options/collection-name.ts';
import { checkCommonOptions } from './options/common-options.ts';
import { maxTimeOf, TimeLimitExceeded, withTimeLimit } from './options/time-limit.ts';
import { failed, succeeded } from './reply.ts';
import type { RocksEngineState } from './state.ts';

/** Runs one command. Resolves with the reply, also of commands that fail; rejects when the engine itself fails. */
export async function dispatch(state: RocksEngineState, request: CommandRequest): Promise<Buffer> {
  const { db, signal } = request;
  try {
    const problem = bsonProblem(request.command);
    if (problem !== undefined) {
      throw new CommandError(22, 'InvalidBSON', `Client Error: bad object in message: ${problem}`);
    }
    const command = documentOf(request.command);
    const name = commandName(command);
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (handler === undefined) throw unknownCommand(name, command);
    checkDatabaseName(db);
    checkCommonOptions(name, command);
    if (mentionsWhere(command)) await loadJavaScript();
    return await runLimited(handler, { state, db, name, command, signal });
  } catch (error) {
    if (error instanceof CommandError) return failed(error);
    if (error instanceof InvalidBson) return failed(new CommandError(22, 'InvalidBSON', error.message));
    if (error instanceof TimeLimitExceeded)
      return failed(new CommandError(50, 'ExceededTimeLimit', error.message));
    if (signal.aborted) return failed(new CommandError(11601, 'Interrupted', 'operation was interrupted'));
    throw error;
  }
}

async function runLimited(handler: Handler, context: CommandContext): Promise<Buffer> {
  // getMore's time is that of waiting for a tailable cursor, and nothing is added to a backup.
  const limit = withTimeLimit(context.signal, context.name === 'getMore' ? 0 : maxTimeOf(context.command));
  setMaxListeners(0, limit.signal);
  try {
    limit.signal.throwIfAborted();
    return succeeded(await handler({ ...context, signal: limit.signal }));
  } finally {
    limit.done();
  }
}

function commandName(command: Value): string {
  for (const { name } of elements(command)) return name;
  return '';
}

function unknownCommand(name: string, command: Value): CommandError {
  return new CommandError(
    59,
    'CommandNotFound',
    `no such command: '${name}', bad cmd: '${printDocument(command)}'`,
  );
}
