import { setTimeout } from 'node:timers/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { deserialize, type Document, serialize } from 'bson';
import { afterEach, expect, it } from 'vitest';
import { FrameReader } from '../../wire/frame-reader.ts';
import { parseMessage } from '../../wire/message.ts';
import { writeReply } from '../../wire/op-reply.ts';
import { ConnectionPool } from './connection-pool.ts';
import { runCommand } from './run-command.ts';

const bson = (document: Document): Buffer => Buffer.from(serialize(document));

let server: Server;
afterEach(() => server.close());

/** A server on which commands run until `end` is called; `currentOp` answers when it is allowed to. */
async function slowServer() {
  const running = new Map<string, { connection: number; end: () => void }>();
  const killed: string[] = [];
  let tell = (): void => undefined;
  const told = new Promise<void>((resolve) => (tell = resolve));
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  let list: (opids: string[]) => void = () => undefined;
  const listed = new Promise<string[]>((resolve) => (list = resolve));
  let connections = 0;
  const answer = async (connection: number, command: Document): Promise<Document> => {
    const [name = ''] = Object.keys(command);
    if (name === 'getLastError') return { connectionId: connection, ok: 1 };
    if (name === 'currentOp') {
      asked();
      await told;
      const own = [...running].filter(([, one]) => one.connection === command['connectionId']);
      list(own.map(([opid]) => opid));
      return { inprog: own.map(([opid]) => ({ opid })), ok: 1 };
    }
    if (name === 'killOp') killed.push(String(command['op']));
    if (!name.startsWith('slow')) return { ok: 1 };
    await new Promise<void>((end) => running.set(name, { connection, end }));
    running.delete(name);
    return { ok: 1 };
  };
  server = createServer((socket) => {
    const connection = ++connections;
    const reader = new FrameReader();
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        const message = parseMessage(frame);
        if (message.op !== 'query') throw new Error('only OP_QUERY is known here');
        void answer(connection, deserialize(message.query)).then((reply) =>
          socket.write(Buffer.concat(writeReply(1, message.requestId, [bson(reply)]))),
        );
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pool = new ConnectionPool({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  return { pool, running, killed, isAsked, tell, listed };
}

it('kills the operation that was aborted, not the next one on its connection', async () => {
  const { pool, running, isAsked, tell, listed } = await slowServer();
  const start = (name: string, signal = new AbortController().signal): Promise<Buffer> =>
    runCommand(pool, { db: 'app', command: () => bson({ [name]: 1 }), signal });
  const runs = (name: string): Promise<void> => expect.poll(() => running.has(name)).toBe(true);
  const abort = new AbortController();
  const first = start('slow1', abort.signal);
  await runs('slow1');
  abort.abort();
  await isAsked;
  // It ends by itself before it can be killed, and another begins.
  running.get('slow1')?.end();
  await expect.poll(() => running.size).toBe(0);
  // As long as its reply may take to come back.
  await Promise.race([first, setTimeout(100)]);
  const second = start('slow2');
  await runs('slow2');
  tell();
  // What is listed as running on its connection is killed.
  expect(await listed).toEqual([]);
  await first;
  running.get('slow2')?.end();
  await second;
  pool.close();
});

it('kills what still runs', async () => {
  const { pool, running, killed, tell } = await slowServer();
  const abort = new AbortController();
  const run = runCommand(pool, { db: 'app', command: () => bson({ slow1: 1 }), signal: abort.signal });
  await expect.poll(() => running.has('slow1')).toBe(true);
  tell();
  abort.abort();
  await expect.poll(() => killed).toEqual(['slow1']);
  running.get('slow1')?.end();
  await run;
  pool.close();
});
