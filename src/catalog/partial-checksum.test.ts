import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checksumRanges, partialChecksum } from './partial-checksum.ts';

const table = path.join(import.meta.dirname, '../../test/fixtures/formats/partial-checksum-vectors.tsv');
const vectors = readFileSync(table, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'))
  .map(([size, hex, offsets]) => ({
    size: Number(size),
    hex: hex!,
    offsets: offsets!.split(',').map(Number),
  }));

/** The bytes of the file that the vectors were made from. */
function bytesOf(size: number, start: number, end: number): Buffer {
  return Buffer.from(
    Array.from({ length: end - start }, (_, k) => {
      const i = start + k;
      return (i * 7 + Math.floor(i / 256) * 13 + size) % 256;
    }),
  );
}

describe('partial checksum', () => {
  it('has vectors', () => expect(vectors).toHaveLength(34));

  it.each(vectors)('reads the right chunks of $size bytes', ({ size, offsets }) => {
    expect(checksumRanges(size).map((range) => range.start)).toEqual(offsets);
  });

  it.each(vectors.filter(({ hex }) => !hex.startsWith('ERROR')))(
    'hashes $size bytes as rocks-strata does',
    async ({ size, hex }) => {
      const sum = await partialChecksum(size, ({ start, end }) => Promise.resolve(bytesOf(size, start, end)));
      expect(sum).toBe(hex);
    },
  );

  it('gives an empty file the checksum of a chunk of zeros', async () => {
    const sum = await partialChecksum(0, () => Promise.resolve(Buffer.alloc(0)));
    expect(sum).toBe('0829f71740aab1ab98b33eae21dee122');
  });
});
