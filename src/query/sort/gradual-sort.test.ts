import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/runs.ts';
import { sortGradually } from './gradual-sort.ts';

interface Item {
  key: number;
  place: number;
}
const byKey = (a: Item, b: Item): number => a.key - b.key;

describe('sortGradually', () => {
  it('orders as a stable sort does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 9000 }),
        fc.integer({ min: 1, max: 5000 }),
        async (n, keys) => {
          const items = Array.from({ length: n }, (_, place) => ({ key: (place * 7919) % keys, place }));
          // An item's place names it: two texts are compared faster than thousands of objects.
          const places = (sorted: Item[]): string => sorted.map(({ place }) => place).join();
          expect(places(await sortGradually(items, byKey))).toBe(places([...items].sort(byKey)));
        },
      ),
      { numRuns: runs(30) },
    );
  });

  it('ends when it is told to', async () => {
    const items = Array.from({ length: 10_000 }, (_, place) => ({ key: -place, place }));
    await expect(sortGradually(items, byKey, AbortSignal.abort(new Error('stopped')))).rejects.toThrow(
      'stopped',
    );
  });
});
