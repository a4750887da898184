import { crc32c } from '@node-rs/crc32';
import { serialize, deserialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { isMongoqError } from '../base/errors.ts';
import { isTooDeep } from './check-document.ts';
import { parseMessage } from './message.ts';
import { headerSize, OpCode } from './opcodes.ts';
import { writeHeader } from './header.ts';
import { type MsgMessage, writeMsg } from './op-msg.ts';
import { writeCommandQuery } from './op-query.ts';
import { writeReply } from './op-reply.ts';

const bson = (document: object): Buffer => Buffer.from(serialize(document));

function frame(opCode: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(headerSize);
  writeHeader(head, headerSize + body.length, 7, 0, opCode);
  return Buffer.concat([head, body]);
}

function int32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeInt32LE(value, index * 4));
  return bytes;
}

function sequence(name: string, documents: object[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map(bson)]);
  return Buffer.concat([Buffer.of(1), int32(content.length + 4), content]);
}

const body = Buffer.concat([Buffer.of(0), bson({ insert: 'c', $db: 'test' })]);

describe('OP_MSG', () => {
  it('comes back as it was written', () => {
    const message = parseMessage(Buffer.concat(writeMsg(3, 2, bson({ ping: 1 }))));
    expect(message).toMatchObject({ op: 'msg', requestId: 3, responseTo: 2, moreToCome: false });
    expect(message.op === 'msg' && deserialize(message.body)).toEqual({ ping: 1 });
  });

  it('puts document sequences into the body as arrays, whatever the order of sections', () => {
    for (const sections of [
      [body, sequence('documents', [{ a: 1 }, { b: 2 }])],
      [sequence('documents', [{ a: 1 }, { b: 2 }]), body],
    ]) {
      const message = parseMessage(frame(OpCode.msg, int32(0), ...sections));
      expect(message.op === 'msg' && deserialize(message.body)).toEqual({
        insert: 'c',
        $db: 'test',
        documents: [{ a: 1 }, { b: 2 }],
      });
    }
  });

  it('takes as many documents beside the body as mongod, and no more', () => {
    const empty = (count: number): object[] => Array.from({ length: count }, () => ({}));
    const message = parseMessage(frame(OpCode.msg, int32(0), body, sequence('documents', empty(100_000))));
    const { documents } = deserialize((message as MsgMessage).body) as { documents: unknown[] };
    expect(documents).toHaveLength(100_000);
    const more = [sequence('documents', empty(100_000)), sequence('more', empty(1))];
    expect(() => parseMessage(frame(OpCode.msg, int32(0), body, ...more))).toThrow('too many documents');
    const reply = frame(OpCode.reply, int32(0, 0, 0, 0, 100_001), ...empty(100_001).map(bson));
    expect(() => parseMessage(reply)).toThrow('too many documents');
  });

  it('verifies a checksum and refuses a wrong one', () => {
    const unsigned = frame(OpCode.msg, int32(1), body, Buffer.alloc(4));
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32c(unsigned.subarray(0, -4)));
    const signed = Buffer.concat([unsigned.subarray(0, -4), sum]);
    expect(parseMessage(signed)).toMatchObject({ op: 'msg' });
    signed[signed.length - 1]! ^= 1;
    expect(() => parseMessage(signed)).toThrow(/checksum/);
  });

  it.each([
    ['an unknown required flag', frame(OpCode.msg, int32(4), body)],
    ['two bodies', frame(OpCode.msg, int32(0), body, body)],
    ['no body', frame(OpCode.msg, int32(0), sequence('documents', []))],
    ['a sequence twice', frame(OpCode.msg, int32(0), body, sequence('d', []), sequence('d', []))],
    ['an unknown section', frame(OpCode.msg, int32(0), Buffer.of(2), body)],
    ['bytes after the body', frame(OpCode.msg, int32(0), body, Buffer.of(0))],
    ['nothing at all', frame(OpCode.msg)],
    ['compression', frame(OpCode.compressed, Buffer.alloc(20))],
    ['an unknown operation', frame(9999)],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseMessage(bytes)).toThrow(/not the MongoDB wire protocol/);
  });

  it('takes documents however deeply they nest, without recursion, and tells that they do', () => {
    let deep: Buffer = Buffer.from([5, 0, 0, 0, 0]);
    for (let level = 0; level < 300; level++) {
      const head = Buffer.concat([int32(deep.length + 8), Buffer.from('\x03a\0', 'latin1')]);
      deep = Buffer.concat([head, deep, Buffer.of(0)]);
    }
    expect(parseMessage(frame(OpCode.msg, int32(0), Buffer.of(0), deep))).toMatchObject({ op: 'msg' });
    expect(isTooDeep(deep)).toBe(true);
  });
});

describe('the older messages', () => {
  it('reads OP_QUERY', () => {
    const message = parseMessage(Buffer.concat(writeCommandQuery(9, 'app', bson({ ping: 1 }), 4)));
    expect(message).toMatchObject({
      op: 'query',
      requestId: 9,
      namespace: 'app.$cmd',
      flags: 4,
      limit: -1,
      skip: 0,
    });
  });

  it('reads OP_REPLY', () => {
    const message = parseMessage(
      Buffer.concat(writeReply(1, 9, [bson({ a: 1 }), bson({ b: 1 })], { cursorId: 5n })),
    );
    expect(message).toMatchObject({ op: 'reply', responseTo: 9, cursorId: 5n });
    expect(message.op === 'reply' && message.documents.map((document) => deserialize(document))).toEqual([
      { a: 1 },
      { b: 1 },
    ]);
  });

  it('reads OP_GET_MORE and OP_KILL_CURSORS', () => {
    const cursor = Buffer.alloc(8);
    cursor.writeBigInt64LE(77n);
    expect(
      parseMessage(frame(OpCode.getMore, int32(0), Buffer.from('app.c\0'), int32(10), cursor)),
    ).toMatchObject({
      op: 'getMore',
      namespace: 'app.c',
      limit: 10,
      cursorId: 77n,
    });
    expect(parseMessage(frame(OpCode.killCursors, int32(0, 1), cursor))).toMatchObject({ cursorIds: [77n] });
    expect(() => parseMessage(frame(OpCode.killCursors, int32(0, 1_000_000), cursor))).toThrow();
  });
});

it('throws MongoqErrors only', () => {
  try {
    parseMessage(frame(OpCode.query, Buffer.alloc(3)));
    expect.unreachable();
  } catch (error) {
    expect(isMongoqError(error, 'GW-002')).toBe(true);
  }
});
