import { expect, it } from 'vitest';
import fc from 'fast-check';
import { requestSizes } from './request-sizes.ts';

const block = 64 * 1024;
const perMiB = 16;

it('grows in a window that opens, so that its beginning is there first', () => {
  const sizes = requestSizes(32 * perMiB, block, 'ahead').map((blocks) => blocks / perMiB);
  expect(sizes).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4]);
});

it('keeps a window full by few requests', () => {
  expect(requestSizes(16 * perMiB, block, 'ahead')).toEqual(Array(8).fill(2 * perMiB));
});

it('cuts what somebody waits for into pieces of 1 MiB, and nothing into less', () => {
  expect(requestSizes(2.5 * perMiB, block, 'demand')).toEqual([16, 16, 8]);
  expect(requestSizes(2, block, 'demand')).toEqual([2]);
  expect(requestSizes(2.5 * perMiB, block, 'ahead')).toEqual([16, 24]);
  expect(requestSizes(3, 4 * 1024 * 1024, 'ahead')).toEqual([1, 1, 1]);
});

it('covers every block once, none by more than 5 MiB', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom(4096, 65_536, 1_048_576),
      fc.constantFrom('demand' as const, 'ahead' as const),
      (count, blockBytes, priority) => {
        const sizes = requestSizes(count, blockBytes, priority);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
        for (const size of sizes) {
          expect(size).toBeGreaterThan(0);
          expect(size * blockBytes).toBeLessThan(5 * 1024 * 1024);
        }
      },
    ),
  );
});
