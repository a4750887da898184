import { serialize } from 'bson';
import fc from 'fast-check';
import { FrameReader } from '../../src/wire/frame-reader.ts';
import { headerSize, OpCode } from '../../src/wire/opcodes.ts';
import { parseMessage } from '../../src/wire/message.ts';
import { writeMsg } from '../../src/wire/op-msg.ts';
import { writeCommandQuery } from '../../src/wire/op-query.ts';

const find = Buffer.from(serialize({ find: 'users', filter: { _id: 1 }, $db: 'app' }));
const aggregate = Buffer.from(
  serialize({
    aggregate: 'users',
    pipeline: [{ $match: { a: [1, 'x', null, { b: /y/ }] } }],
    cursor: {},
    $db: 'app',
  }),
);

/** Messages as clients send them, of every kind. */
const messages = [
  Buffer.concat(writeMsg(1, 0, find)),
  Buffer.concat(writeMsg(2, 0, aggregate)),
  withSequence(),
  Buffer.concat(writeCommandQuery(3, 'app', find)),
  frame(OpCode.query, Buffer.concat([int(0), text('app.users'), int(0), int(5), find])),
  frame(OpCode.command, Buffer.concat([text('app'), text('find'), find, aggregate])),
  frame(OpCode.getMore, Buffer.concat([int(0), text('app.users'), int(2), Buffer.alloc(8, 7)])),
  frame(OpCode.killCursors, Buffer.concat([int(0), int(2), Buffer.alloc(16, 7)])),
];

const changed = fc
  .tuple(
    fc.constantFrom(...messages),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
    fc.nat({ max: 40 }),
  )
  .map(([message, changes, cut]) => {
    const bytes = Buffer.from(message);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    // Every other one is also cut off, or as long as it was.
    return bytes.subarray(0, Math.max(1, bytes.length - Math.max(0, cut - 20)));
  });

const random = fc
  .tuple(fc.constantFrom(...Object.values(OpCode), 0, 7, -1), fc.uint8Array({ maxLength: 80 }))
  .map(([code, body]) => frame(code, Buffer.from(body)));

const noise = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));

const malformed = fc
  .oneof({ weight: 6, arbitrary: changed }, { weight: 3, arbitrary: random }, { weight: 1, arbitrary: noise })
  .filter(isMalformed);

/** So many byte strings, none of which is a message, or the beginning of more than one. */
export function* malformedFrames(count: number): Generator<Buffer> {
  const batch = 2000;
  for (let made = 0; made < count; made += batch) yield* fc.sample(malformed, Math.min(batch, count - made));
}

function isMalformed(bytes: Buffer): boolean {
  try {
    const frames = new FrameReader().push(bytes);
    for (const one of frames) parseMessage(one);
    return frames.length === 0;
  } catch {
    return true;
  }
}

function frame(code: number, body: Buffer): Buffer {
  const header = Buffer.alloc(headerSize);
  header.writeInt32LE(headerSize + body.length, 0);
  header.writeInt32LE(code, 12);
  return Buffer.concat([header, body]);
}

/** An OP_MSG that carries a list of documents outside of its body. */
function withSequence(): Buffer {
  const body = Buffer.from(serialize({ insert: 'users', $db: 'app' }));
  const sequence = Buffer.concat([text('documents'), find, find]);
  const parts = [int(0), Buffer.of(0), body, Buffer.of(1), int(sequence.length + 4), sequence];
  return frame(OpCode.msg, Buffer.concat(parts));
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'utf8');
}
