import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate } from '../support/pipelines.ts';
import { runs } from '../support/runs.ts';

interface Row {
  _id: number;
  k: number;
  v: number[];
}

const rows = fc
  .array(
    fc.record({
      k: fc.integer({ min: -3, max: 3 }),
      v: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
    }),
    {
      maxLength: 60,
    },
  )
  .map((list): Row[] => list.map(({ k, v }, _id) => ({ _id, k, v })));
const small = fc.integer({ min: 1, max: 20 });

describe('pipelines agree with arrays', () => {
  it('sort, skip and limit', async () => {
    await fc.assert(
      fc.asyncProperty(rows, small, small, async (documents, skip, limit) => {
        const expected = documents.toSorted((a, b) => b.k - a.k || a._id - b._id).slice(skip, skip + limit);
        const stages = [{ $sort: { k: -1, _id: 1 } }, { $skip: skip }, { $limit: limit }];
        expect(await aggregate(documents, stages)).toEqual(expected);
      }),
      { numRuns: runs(60) },
    );
  });

  it('unwind and group', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (documents) => {
        const sums = new Map<number, { _id: number; n: number; s: number; all: number[] }>();
        for (const { k, v } of documents) {
          for (const item of v) {
            const group = sums.get(item) ?? { _id: item, n: 0, s: 0, all: [] };
            sums.set(item, group);
            group.n++;
            group.s += k;
            group.all.push(k);
          }
        }
        const group = { _id: '$v', n: { $sum: 1 }, s: { $sum: '$k' }, all: { $push: '$k' } };
        expect(await aggregate(documents, [{ $unwind: '$v' }, { $group: group }])).toEqual([
          ...sums.values(),
        ]);
      }),
      { numRuns: runs(60) },
    );
  });

  it('spilling changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 200, max: 3000 }), async (documents, memoryLimit) => {
        const stages = [
          { $sort: { k: 1 } },
          { $group: { _id: '$k', ids: { $push: '$_id' } } },
          { $sort: { _id: 1 } },
        ];
        const spilled = await aggregate(documents, stages, { memoryLimit, allowDiskUse: true });
        expect(spilled).toEqual(await aggregate(documents, stages));
      }),
      { numRuns: runs(40) },
    );
  });

  it('a join is a filter of the other collection', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, async (documents, others) => {
        const stage = { $lookup: { from: 'o', localField: 'v', foreignField: 'v', as: 'o' } };
        const joined = await aggregate(documents, [stage, { $project: { ids: '$o._id' } }], {
          others: { o: others },
        });
        const expected = documents.map(({ _id, v }) => ({
          _id,
          // Without a value it joins like null, which no array of numbers equals.
          ids: others.filter((other) => other.v.some((item) => v.includes(item))).map((other) => other._id),
        }));
        expect(joined).toEqual(expected);
      }),
      { numRuns: runs(60) },
    );
  });
});
