import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockCutter } from './block-cutter.ts';

it('cuts bytes into the same blocks however they arrive, and takes no more than were to come', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 20 }),
      (bytes, blockBytes, lengths) => {
        const content = Buffer.from(bytes);
        const blocks: Buffer[] = [];
        const cutter = new BlockCutter(content.length, blockBytes, (block) => blocks.push(block));
        let at = 0;
        for (const length of [...lengths, content.length]) {
          const piece = Buffer.from(content.subarray(at, at + length));
          cutter.add(piece);
          piece.fill(0);
          at += piece.length;
          expect(blocks.length).toBe(
            Math.ceil(at / blockBytes) - (at < content.length && at % blockBytes ? 1 : 0),
          );
        }
        expect(Buffer.concat(blocks).equals(content)).toBe(true);
        expect(blocks.slice(0, -1).every(({ length }) => length === blockBytes)).toBe(true);
        expect(() => cutter.add(Buffer.alloc(1))).toThrow(/more bytes/);
      },
    ),
  );
});
