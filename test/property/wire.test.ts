import { serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMongoqError } from '../../src/base/errors.ts';
import { FrameReader } from '../../src/wire/frame-reader.ts';
import { parseMessage } from '../../src/wire/message.ts';
import { OpCode } from '../../src/wire/opcodes.ts';
import { writeMsg } from '../../src/wire/op-msg.ts';
import { writeCommandQuery } from '../../src/wire/op-query.ts';
import { writeReply } from '../../src/wire/op-reply.ts';
import { runs } from '../support/runs.ts';

const document = fc
  .dictionary(
    fc.string({ maxLength: 5 }).filter((name) => !name.includes('\0')),
    fc.oneof(fc.integer(), fc.string(), fc.boolean()),
  )
  .map((value) => Buffer.from(serialize(value)));

const goodFrame = fc.oneof(
  document.map((body) => Buffer.concat(writeMsg(1, 2, body))),
  document.map((body) => Buffer.concat(writeCommandQuery(1, 'db', body))),
  fc.array(document, { maxLength: 4 }).map((bodies) => Buffer.concat(writeReply(1, 2, bodies))),
);

function cut(bytes: Buffer, sizes: number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe('frames', () => {
  it('are the same however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(goodFrame, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (frames, sizes) => {
          const reader = new FrameReader();
          const out = cut(Buffer.concat(frames), sizes).flatMap((chunk) =>
            reader.push(chunk).map((view) => Buffer.from(view)),
          );
          expect(out).toEqual(frames);
          expect(reader.buffered).toBe(0);
        },
      ),
    );
  });

  it('stay valid while later ones arrive', () => {
    fc.assert(
      fc.property(
        fc.array(goodFrame, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (frames, size) => {
          const reader = new FrameReader();
          const views = cut(Buffer.concat(frames), [size]).flatMap((chunk) => reader.push(chunk));
          expect(views).toEqual(frames);
        },
      ),
    );
  });

  it('of hostile lengths are refused before anything is kept', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ max: 15 }), fc.integer({ min: 48_000_001, max: 2 ** 31 - 1 })),
        (length) => {
          const head = Buffer.alloc(16);
          head.writeInt32LE(length);
          const reader = new FrameReader();
          expect(() => reader.push(head)).toThrow();
          expect(reader.buffered).toBe(0);
        },
      ),
    );
  });
});

describe('messages', () => {
  const opCode = fc.oneof(fc.constantFrom(...Object.values(OpCode)), fc.integer({ min: 0, max: 3000 }));

  it('of random bytes are parsed or refused with one kind of error', () => {
    fc.assert(
      fc.property(opCode, fc.uint8Array({ maxLength: 200 }), (code, bytes) => {
        const frame = Buffer.concat([Buffer.alloc(16), bytes]);
        frame.writeInt32LE(frame.length, 0);
        frame.writeInt32LE(code, 12);
        parseOrRefuse(frame);
      }),
      { numRuns: runs(3000) },
    );
  });

  it('with one changed byte are parsed or refused with one kind of error', () => {
    fc.assert(
      fc.property(goodFrame, fc.nat(), fc.nat({ max: 255 }), (good, at, value) => {
        const frame = Buffer.from(good);
        frame[16 + (at % (frame.length - 16))] = value;
        parseOrRefuse(frame);
      }),
      { numRuns: runs(3000) },
    );
  });

  it('cut short are refused', () => {
    fc.assert(
      fc.property(goodFrame, fc.nat(), (good, keep) => {
        parseOrRefuse(good.subarray(0, 16 + (keep % (good.length - 16))));
      }),
    );
  });
});

function parseOrRefuse(frame: Buffer): void {
  try {
    parseMessage(frame);
  } catch (error) {
    if (!isMongoqError(error, 'GW-002')) throw error;
  }
}
