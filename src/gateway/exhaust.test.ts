import { connect } from 'node:net';
import { serialize } from 'bson';
import { expect, it } from 'vitest';
import { FakeEngine } from '../../test/support/fake-engine.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { writeHeader } from '../wire/header.ts';
import { parseMessage } from '../wire/message.ts';
import { headerSize, OpCode, QueryFlag } from '../wire/opcodes.ts';
import type { ReplyMessage } from '../wire/op-reply.ts';
import { startGateway } from './server.ts';

const users = Array.from({ length: 250 }, (_, _id) => ({ _id }));

/** An OP_QUERY for everything in app.users, 100 documents at a time. */
function query(requestId: number, flags: number): Buffer {
  const namespace = Buffer.from('app.users\0');
  const numbers = Buffer.alloc(8);
  numbers.writeInt32LE(100, 4);
  const head = Buffer.alloc(headerSize + 4);
  const body = Buffer.concat([namespace, numbers, Buffer.from(serialize({}))]);
  writeHeader(head, head.length + body.length, requestId, 0, OpCode.query);
  head.writeInt32LE(flags, headerSize);
  return Buffer.concat([head, body]);
}

it('old clients that ask for it get batch after batch, and other messages then', async () => {
  const engine = new FakeEngine({ 'app.users': users });
  const gateway = await startGateway({ engine, listen: { host: '127.0.0.1', port: 0 } });
  const socket = connect(Number(new URL(gateway.uri.replace('mongodb', 'http')).port), '127.0.0.1');
  const reader = new FrameReader();
  const replies: ReplyMessage[] = [];
  socket.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) replies.push(parseMessage(frame) as ReplyMessage);
  });
  socket.write(Buffer.concat([query(7, QueryFlag.exhaust), query(8, 0)]));
  await expect.poll(() => replies.length).toBe(4);
  const [first, second, third, other] = replies as [ReplyMessage, ReplyMessage, ReplyMessage, ReplyMessage];
  expect(replies.map(({ documents }) => documents.length)).toEqual([100, 100, 50, 100]);
  expect([first.responseTo, second.responseTo, third.responseTo]).toEqual([
    7,
    first.requestId,
    second.requestId,
  ]);
  expect(third.cursorId).toBe(0n);
  expect(other.responseTo).toBe(8);
  socket.destroy();
  await gateway.close();
});
