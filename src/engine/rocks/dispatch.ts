import { documentOf, elements, type Value } from '../../bson/value.ts';
import { InvalidBson } from '../../bson/layout.ts';
import { printDocument } from '../../bson/print.ts';
import { CommandError } from '../../query/errors.ts';
import type { CommandRequest } from '../engine.ts';
import { handlers } from './commands/table.ts';
import { checkDatabaseName } from './options/collection-name.ts';
import { failed, succeeded } from './reply.ts';
import type { RocksEngineState } from './state.ts';

/** Runs one command. Resolves with the reply, also of commands that fail; rejects when the engine itself fails. */
export async function dispatch(state: RocksEngineState, request: CommandRequest): Promise<Buffer> {
  const { db, signal } = request;
  try {
    const command = documentOf(request.command);
    const name = commandName(command);
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (handler === undefined) throw unknownCommand(name, command);
    checkDatabaseName(db);
    signal.throwIfAborted();
    return succeeded(await handler({ state, db, name, command, signal }));
  } catch (error) {
    if (error instanceof CommandError) return failed(error);
    if (error instanceof InvalidBson) return failed(new CommandError(22, 'InvalidBSON', error.message));
    if (signal.aborted) return failed(new CommandError(11601, 'Interrupted', 'operation was interrupted'));
    throw error;
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
