import { connect } from 'node:net';
import { serialize } from 'bson';
import fc from 'fast-check';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { mapParallel } from '../../src/base/parallel.ts';
import { type Gateway, startGateway } from '../../src/gateway/server.ts';
import { OpCode } from '../../src/wire/opcodes.ts';
import { writeMsg } from '../../src/wire/op-msg.ts';
import { FakeEngine } from '../support/fake-engine.ts';

let gateway: Gateway;
let port: number;

beforeAll(async () => {
  const engine = new FakeEngine({ 'app.users': [{ _id: 1 }] });
  gateway = await startGateway({ engine, listen: { host: '127.0.0.1', port: 0 } });
  port = Number(new URL(gateway.uri.replace('mongodb', 'http')).port);
});

afterAll(() => gateway.close());

/** Sends bytes, ends, and waits until the server has closed the connection too. */
function send(bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.on('data', () => undefined);
    socket.end(bytes);
  });
}

async function stillServes(): Promise<void> {
  await using client = new MongoClient(gateway.uri);
  expect(await client.db('app').collection('users').find().toArray()).toEqual([{ _id: 1 }]);
}

it('survives 100,000 malformed frames', async () => {
  const good = Buffer.concat(
    writeMsg(1, 0, Buffer.from(serialize({ find: 'users', filter: { a: 1 }, $db: 'app' }))),
  );
  const mutated = fc
    .tuple(fc.nat(), fc.nat({ max: 255 }), fc.nat(), fc.nat({ max: 255 }))
    .map(([at, value, at2, value2]) => {
      const frame = Buffer.from(good);
      frame[12 + (at % (frame.length - 12))] = value;
      frame[12 + (at2 % (frame.length - 12))] = value2;
      return frame;
    });
  const random = fc
    .tuple(fc.constantFrom(...Object.values(OpCode)), fc.uint8Array({ maxLength: 80 }))
    .map(([code, body]) => {
      const frame = Buffer.concat([Buffer.alloc(16), body]);
      frame.writeInt32LE(frame.length, 0);
      frame.writeInt32LE(code, 12);
      return frame;
    });
  const frames = fc.sample(fc.oneof(mutated, random), 100_000);
  const before = process.memoryUsage().rss;
  // A connection each: the first bad frame of a connection is its last.
  await mapParallel(frames, 50, (frame) => send(frame));
  await vi.waitFor(() => expect(gateway.connections).toBe(0));
  await stillServes();
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 ** 2);
});

it('survives bytes of every kind that are no frames', async () => {
  for (const bytes of fc.sample(fc.uint8Array({ maxLength: 2000 }), 300)) await send(Buffer.from(bytes));
  await stillServes();
});

it('survives a flood of connections that say nothing', async () => {
  const sockets = Array.from({ length: 500 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await vi.waitFor(() => expect(gateway.connections).toBe(200));
  for (const socket of sockets) socket.destroy();
  await vi.waitFor(() => expect(gateway.connections).toBe(0));
  await stillServes();
});
