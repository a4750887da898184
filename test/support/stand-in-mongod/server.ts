import { createServer, type Socket } from 'node:net';
import { deserialize, type Document, serialize } from 'bson';
import { FrameReader } from '../../../src/wire/frame-reader.ts';
import { parseMessage } from '../../../src/wire/message.ts';
import { writeReply } from '../../../src/wire/op-reply.ts';
import { ReplyFlag } from '../../../src/wire/opcodes.ts';

/** What one connection knows of itself. */
export interface Connection {
  id: number;
  greeted: boolean;
  user: string | undefined;
  /** The command that it waits for, for currentOp. */
  running: { opid: number; ns: string; abort: AbortController } | undefined;
  sasl: unknown;
}

export type Answer = (
  connection: Connection,
  db: string,
  command: Buffer,
  body: Document,
) => Promise<Buffer | Document>;

/** Listens like 3.4: OP_QUERY for commands; any other message ends the connection. */
export async function listen(
  targets: ({ path: string } | { host: string; port: number })[],
  answer: Answer,
  connections: Set<Connection>,
): Promise<void> {
  let nextId = 1;
  const serve = (socket: Socket): void => {
    const connection: Connection = {
      id: nextId++,
      greeted: false,
      user: undefined,
      running: undefined,
      sasl: undefined,
    };
    connections.add(connection);
    const reader = new FrameReader();
    let queue = Promise.resolve();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => connections.delete(connection));
    socket.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        queue = queue.then(() => reply(socket, connection, frame, answer)).catch(() => void socket.destroy());
      }
    });
  };
  for (const target of targets) {
    const server = createServer(serve);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(target, resolve));
  }
}

async function reply(socket: Socket, connection: Connection, frame: Buffer, answer: Answer): Promise<void> {
  const message = parseMessage(frame);
  if (message.op !== 'query' || !message.namespace.endsWith('.$cmd')) {
    socket.destroy();
    return;
  }
  const db = message.namespace.slice(0, -'.$cmd'.length);
  const body = deserialize(message.query, { promoteValues: true });
  const result = await answer(connection, db, message.query, body);
  const bytes = Buffer.isBuffer(result) ? result : Buffer.from(serialize(result));
  socket.write(Buffer.concat(writeReply(1, message.requestId, [bytes], { flags: ReplyFlag.awaitCapable })));
}
