import { expect, it } from 'vitest';
import { toValue } from '../../../bson/js.ts';
import type { Entry } from './index-scan.ts';
import { newScanCounts } from './scan-counts.ts';
import { inWaves, type Wave } from './waves.ts';

const none = Buffer.alloc(0);

// eslint-disable-next-line @typescript-eslint/require-await
async function* entriesOf(count: number): AsyncGenerator<Entry[]> {
  yield Array.from({ length: count }, (_, at) => ({ id: BigInt(at), key: none, value: none }));
}

/** The sizes of the waves in which so many documents of so many bytes each are read. */
async function wavesOf(documents: number, bytesEach: number, expected?: number): Promise<number[]> {
  const sizes: number[] = [];
  const read = (part: readonly Entry[]): Promise<Wave> => {
    sizes.push(part.length);
    const found = part.map(({ id }) => toValue({ id: Number(id) }));
    return Promise.resolve({ documents: found, fetched: part.length, bytes: part.length * bytesEach });
  };
  const counts = newScanCounts();
  let given = 0;
  for await (const wave of inWaves(entriesOf(documents), read, { expected, distinct: true }, counts)) {
    given += wave.length;
  }
  expect({ given, read: counts.documents }).toEqual({ given: documents, read: documents });
  return sizes;
}

it('grow from few documents to a thousand', async () => {
  expect(await wavesOf(4000, 200)).toEqual([32, 64, 128, 256, 512, 1024, 1024, 960]);
  expect(await wavesOf(1000, 200, 5)).toEqual([5, 10, 20, 40, 80, 160, 320, 365]);
});

it('hold a few large documents', async () => {
  expect(await wavesOf(100, 1 << 20)).toEqual([32, 16, 16, 16, 16, 4]);
  expect(await wavesOf(40, 64 << 20)).toEqual([32, ...Array.from({ length: 8 }, () => 1)]);
});
