import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { deserialize, type Document, serialize } from 'bson';
import { afterEach, expect, it } from 'vitest';
import { WireConnection } from './connection.ts';
import { FrameReader } from './frame-reader.ts';
import { type Message, parseMessage } from './message.ts';
import { writeMsg } from './op-msg.ts';
import { writeReply } from './op-reply.ts';

const bson = (document: Document): Buffer => Buffer.from(serialize(document));
const ping = bson({ ping: 1 });

let server: Server;

afterEach(() => server.close());

/** A server that greets with a wire version, then does with each message what it is told. */
async function serve(
  maxWireVersion: number,
  then: (socket: Socket, message: Message) => void,
): Promise<WireConnection> {
  server = createServer((socket) => {
    const reader = new FrameReader();
    let greeted = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        const message = parseMessage(frame);
        if (greeted) then(socket, message);
        else socket.write(Buffer.concat(writeReply(1, message.requestId, [bson({ maxWireVersion, ok: 1 })])));
        greeted = true;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return WireConnection.open({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
}

it('speaks OP_QUERY to a server of 3.4', async () => {
  const connection = await serve(5, (socket, message) => {
    const seen = message.op === 'query' ? message.namespace : message.op;
    socket.write(Buffer.concat(writeReply(1, message.requestId, [bson({ seen, ok: 1 })])));
  });
  expect(deserialize(await connection.command('app', ping))).toEqual({ seen: 'app.$cmd', ok: 1 });
  connection.close();
});

it('speaks OP_MSG to a newer one', async () => {
  const connection = await serve(6, (socket, message) => {
    const seen: unknown = message.op === 'msg' ? deserialize(message.body) : message.op;
    socket.write(Buffer.concat(writeMsg(1, message.requestId, bson({ seen, ok: 1 }))));
  });
  expect(deserialize(await connection.command('app', ping))).toMatchObject({ seen: { ping: 1, $db: 'app' } });
  connection.close();
});

it('waits for a server that takes connections and says nothing no longer than it is told to', async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const abort = new AbortController();
  server.once('connection', (socket) => socket.once('data', () => abort.abort(new Error('long enough'))));
  const open = WireConnection.open({ host: '127.0.0.1', port }, abort.signal);
  await expect(open).rejects.toThrow('long enough');
});

it('sends no name of a database that an old server would read as another command', async () => {
  const seen: string[] = [];
  const connection = await serve(5, (socket, message) => {
    if (message.op === 'query') seen.push(Object.keys(deserialize(message.query))[0] ?? '');
    socket.write(Buffer.concat(writeReply(1, message.requestId, [bson({ ok: 1 })])));
  });
  // The end of a namespace, a skip of 0, a limit of 1, and a command.
  const name = `app.$cmd\0\0\0\0\0\x01\0\0\0${bson({ dropDatabase: 1 }).toString('latin1')}`;
  await expect(connection.command(name, ping)).rejects.toMatchObject({ code: 'GW-002' });
  await connection.command('app', ping);
  expect(seen).toEqual(['ping']);
  connection.close();
});

it.each<[string, (socket: Socket, message: Message) => void]>([
  ['closes', (socket) => socket.destroy()],
  ['sends no protocol', (socket) => socket.write('HTTP/1.0 400 Bad Request\r\n\r\n')],
  [
    'answers something else',
    (socket, { requestId }) => socket.write(Buffer.concat(writeMsg(1, requestId + 1, ping))),
  ],
  ['answers nothing', (socket, { requestId }) => socket.write(Buffer.concat(writeReply(1, requestId, [])))],
])('rejects what waits when the server %s, and everything after', async (_, misbehave) => {
  const connection = await serve(6, misbehave);
  await expect(connection.command('app', ping)).rejects.toThrow();
  expect(connection.closed).toBe(true);
  await expect(connection.command('app', ping)).rejects.toThrow();
});
