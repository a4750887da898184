import type { Engine } from '../engine/engine.ts';
import { longOf } from '../bson/access.ts';
import { BsonType } from '../bson/types.ts';
import { documentOf, field, items } from '../bson/value.ts';
import { isTooDeep, maxLevels } from '../wire/check-document.ts';
import { isDatabaseName } from '../wire/database-name.ts';
import { firstFieldName } from '../wire/documents.ts';
import { forServer } from '../wire/translate.ts';
import { currentOpCommandOf } from './current-op.ts';
import { checkAuthenticated, checkPlace, type ClientState, isLocal, runLocal } from './local-commands.ts';
import type { Operation } from './operations.ts';
import { checkReadOnly } from './policy.ts';
import { errorReply, Refusal } from './replies.ts';
import { refuseTransaction } from './sessions.ts';

/**
 * Answers one command: authentication first, then the gateway's own commands, then the policy, then the engine. Never
 * rejects; a failure is a reply. The command may still carry the fields of the transport.
 */
export async function dispatch(
  engine: Engine,
  state: ClientState,
  db: string,
  received: Buffer,
): Promise<Buffer> {
  try {
    if (isTooDeep(received))
      throw new Refusal(
        22,
        'InvalidBSON',
        `Client Error: bad object in message: BSONObj exceeded maximum nested object depth: ${maxLevels}`,
      );
    if (!isDatabaseName(db)) throw new Refusal(73, 'InvalidNamespace', `Invalid database name: '${db}'`);
    const command = forServer(received, engine.info.version);
    const name = firstFieldName(command) ?? '';
    checkAuthenticated(state, db, name);
    checkPlace(state, name);
    refuseTransaction(command);
    // Newer shells ask for the running operations by a stage: the same question to the same gateway.
    const local = currentOpCommandOf(command, db) ?? command;
    const localName = firstFieldName(local) ?? '';
    if (isLocal(localName)) {
      return await withOperation(state, db, name, command, () => runLocal(state, local, db, localName));
    }
    checkReadOnly(command);
    if (name === 'killCursors') state.operations.killOfCursors(cursorsOf(command));
    return await withOperation(state, db, name, command, ({ abort: { signal } }) =>
      abortable(engine.run({ db, command, signal }), signal),
    );
  } catch (error) {
    return errorReply(error);
  }
}

async function withOperation(
  state: ClientState,
  db: string,
  name: string,
  command: Buffer,
  run: (operation: Operation) => Promise<Buffer>,
): Promise<Buffer> {
  const { connectionId, client, operations } = state;
  const operation = operations.start({ connectionId, client, db, name, command });
  try {
    return await run(operation);
  } finally {
    operations.end(operation);
  }
}

/** The client gets its answer at once when the operation is killed, even if the engine takes a moment to stop. */
function abortable(reply: Promise<Buffer>, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    void reply.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function cursorsOf(command: Buffer): Set<bigint> {
  const list = field(documentOf(command), 'cursors');
  const ids = new Set<bigint>();
  if (!list?.isArray()) return ids;
  for (const item of items(list)) if (item.type === BsonType.long) ids.add(longOf(item));
  return ids;
}
