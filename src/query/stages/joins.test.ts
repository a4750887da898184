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
