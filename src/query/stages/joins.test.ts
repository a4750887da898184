import { describe, expect, it } from 'vitest';
import { aggregate, bson, MemoryHost, plain, refusal } from '../../../test/support/pipelines.ts';

describe('paths of joins', () => {
  const others = { others: { o: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] } };
  const join = { $lookup: { from: 'o', localField: 'a.0.b', foreignField: '_id', as: 'found' } };
  const joined = async (a: unknown) => {
    const [first] = (await aggregate([{ _id: 0, a }], [join], others)) as { found: { _id: number }[] }[];
    return first?.found.map(({ _id }) => _id);
  };

  it('take a number as a position in an array, and as a name nowhere else', async () => {
    expect(await joined([{ b: 1, 0: { b: 2 } }, { b: 3 }])).toEqual([1]);
    expect(await joined({ 0: { b: 2 } })).toEqual([2]);
    expect(await joined([[{ b: 1 }, { b: 3 }]])).toEqual([1, 3]);
    expect(await joined([])).toEqual([]);
  });

  it('ask once for all documents without a value, and once for the others', async () => {
    const locals = [{ _id: 0 }, { _id: 1, k: 5 }, { _id: 2, k: null }, { _id: 3, k: 6 }, { _id: 4 }];
    await using host = new MemoryHost({ c: locals, o: [{ _id: 0 }, { _id: 1, k: 5 }, { _id: 2, k: null }] });
    const stage = { $lookup: { from: 'o', localField: 'k', foreignField: 'k', as: 'found' } };
    const results: unknown[] = [];
    for await (const batch of host.run('test', 'c', [bson(stage)], {})) results.push(...batch.map(plain));
    const nothing = [{ _id: 0 }, { _id: 2, k: null }];
    expect(results.map((result) => (result as { found: unknown }).found)).toEqual([
      nothing,
      [{ _id: 1, k: 5 }],
      nothing,
      [],
      nothing,
    ]);
    expect(host.asked).toHaveLength(3);
  });

  it.each([
    ['an equal value', 1],
    ['none', null],
  ])(
    'with %s hold no more than a document may be long, unless an $unwind takes them one by one',
    async (_, k) => {
      const others = { o: Array.from({ length: 10 }, (_, n) => ({ _id: n, k, s: 'x'.repeat(1_800_000) })) };
      const locals = [
        { _id: 0, k },
        { _id: 1, k },
        { _id: 2, k: 7 },
      ];
      const stage = { $lookup: { from: 'o', localField: 'k', foreignField: 'k', as: 'a.b' } };
      await expect(aggregate(locals, [stage], { others })).rejects.toMatchObject({
        code: 4568,
        message: `Total size of documents in o matching { $match: { k: { $eq: ${k} } } } exceeds maximum document size`,
      });
      const unwind = { $unwind: { path: '$a.b', preserveNullAndEmptyArrays: true } };
      const group = { $group: { _id: '$_id', n: { $sum: 1 }, first: { $min: '$a.b._id' } } };
      expect(await aggregate(locals, [stage, unwind, group], { others })).toEqual([
        { _id: 0, n: 10, first: 0 },
        { _id: 1, n: 10, first: 0 },
        { _id: 2, n: 1, first: null },
      ]);
    },
  );

  it('come in batches that are not large', async () => {
    const locals = Array.from({ length: 50 }, (_, n) => ({ _id: n, k: 1 }));
    const o = Array.from({ length: 10 }, (_, n) => ({ _id: n, k: 1, s: 'x'.repeat(40_000) }));
    await using host = new MemoryHost({ c: locals, o });
    const stage = { $lookup: { from: 'o', localField: 'k', foreignField: 'k', as: 'found' } };
    const sizes: number[] = [];
    for await (const batch of host.run('test', 'c', [bson(stage)], {})) sizes.push(batch.length);
    expect(sizes.reduce((a, b) => a + b)).toBe(50);
    expect(Math.max(...sizes)).toBe(3);
  });

  it('of $graphLookup lead through arrays in arrays, and its depth stands last under its whole name', async () => {
    const nodes = [
      { _id: 1, to: [[2], [[3]]], 'd.e': 0 },
      { _id: 2, to: null },
      { _id: 3, d: { e: 9 } },
    ];
    const graph = {
      from: 'c',
      startWith: 1,
      connectFromField: 'to',
      connectToField: '_id',
      as: 'g',
      depthField: 'd.e',
    };
    const [first] = (await aggregate(nodes, [{ $limit: 1 }, { $graphLookup: graph }])) as { g: object[] }[];
    const long = (text: string) => ({ $numberLong: text });
    expect(first?.g).toEqual([
      { _id: 1, to: [[2], [[3]]], 'd.e': long('0') },
      { _id: 2, to: null, 'd.e': long('1') },
    ]);
  });

  it.each([
    [{ maxDepth: -1.5 }, '40101:'],
    [{ maxDepth: 1.5 }, '40102:'],
    [{ restrictSearchWithMatch: { $text: { $search: 'x' } } }, '40186:'],
    [{ restrictSearchWithMatch: { $where: 'true' } }, '40186:'],
    [{ restrictSearchWithMatch: { a: { $near: [0, 0] } } }, '40187:'],
  ])('refuse %j', async (options, expected) => {
    const graph = {
      from: 'c',
      startWith: 1,
      connectFromField: 'a',
      connectToField: 'b',
      as: 'g',
      ...options,
    };
    expect(await refusal([], [{ $graphLookup: graph }])).toContain(expected);
  });
});
