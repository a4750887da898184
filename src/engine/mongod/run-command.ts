import { DocumentBuilder } from '../../bson/builder.ts';
import { intValue } from '../../bson/make.ts';
import { documentOf, field, items } from '../../bson/value.ts';
import type { ConnectionPool, PooledConnection } from './connection-pool.ts';

/** A command as a server is to get it. */
interface ServerCommand {
  db: string;
  /** For a connection of the pool, whose server understands OP_MSG or not. */
  command: (speaksMsg: boolean) => Buffer;
  /** Kills the operation on the server. */
  signal: AbortSignal;
}

/** The reply to a command on a connection of its own. Rejects when the connection cannot be had or ends first. */
export async function runCommand(pool: ConnectionPool, request: ServerCommand): Promise<Buffer> {
  const { db, command, signal } = request;
  const connection = await pool.take();
  let killing: Promise<void> | undefined;
  // If the server cannot be reached for it, the operation is over anyway.
  const abort = (): void => {
    killing = killOperationOf(pool, connection).catch(() => undefined);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await connection.wire.command(db, command(connection.wire.speaksMsg));
  } finally {
    signal.removeEventListener('abort', abort);
    // Until then the connection stays taken: what was next on it would be killed in this one's place.
    await killing;
    pool.giveBack(connection);
  }
}

/** Closing a connection does not end its operation in a mongod before 4.2, so it is looked up and killed. */
async function killOperationOf(pool: ConnectionPool, { connectionId }: PooledConnection): Promise<void> {
  if (connectionId === undefined) return;
  const other = await pool.take();
  try {
    const query = new DocumentBuilder().int('currentOp', 1).append('connectionId', intValue(connectionId));
    const reply = await other.wire.command('admin', query.finish().slice());
    const running = field(documentOf(reply), 'inprog');
    if (!running?.isArray()) return;
    for (const operation of items(running)) {
      const id = operation.isDocument() ? field(operation, 'opid') : undefined;
      if (!id) continue;
      const kill = new DocumentBuilder().int('killOp', 1).append('op', id).finish();
      await other.wire.command('admin', kill.slice());
    }
  } finally {
    pool.giveBack(other);
  }
}
