import { describe, expect, it } from 'vitest';
import { aggregate, refusal } from '../../../test/support/pipelines.ts';

const people = [
  { _id: 1, name: 'Ada', age: 36, tags: ['a', 'b'], at: { x: 1, y: 2 } },
  { _id: 2, name: 'Bob', age: 20, tags: [], at: [{ x: 1 }, { y: 2 }, 3] },
  { _id: 3, name: 'Cid', age: 36, tags: null },
  { _id: 4, name: 'Dee' },
];

const ids = async (pipeline: unknown[], documents: unknown[] = people) =>
  (await aggregate(documents, pipeline)).map((document) => (document as { _id: unknown })._id);

describe('$project', () => {
  it.each([
    ['fields in the order of the document', { name: 1, _id: 1, age: true }, { _id: 1, name: 'Ada', age: 36 }],
    ['computed fields after them', { z: '$age', name: 1 }, { _id: 1, name: 'Ada', z: 36 }],
    ['nested fields', { at: { x: 1 } }, { _id: 1, at: { x: 1 } }],
    ['a document made of computed fields', { 'a.b': '$age', _id: 0 }, { a: { b: 36 } }],
    [
      'a computed field beside an included one',
      { 'at.x': 1, 'at.z': '$age' },
      { _id: 1, at: { x: 1, z: 36 } },
    ],
    [
      'a document in the place of another value',
      { 'name.z': '$age', age: 1 },
      { _id: 1, name: { z: 36 }, age: 36 },
    ],
    ['exclusion', { tags: 0, 'at.x': 0, _id: 0 }, { name: 'Ada', age: 36, at: { y: 2 } }],
    ['no field for a missing value', { n: '$nosuch' }, { _id: 1 }],
  ])('%s', async (_, specification, expected) => {
    const [first] = await aggregate(people, [{ $project: specification }]);
    expect(JSON.stringify(first)).toBe(JSON.stringify(expected));
  });

  it('works on each item of an array and drops what has no fields', async () => {
    expect(await aggregate(people, [{ $match: { _id: 2 } }, { $project: { 'at.x': 1 } }])).toEqual([
      { _id: 2, at: [{ x: 1 }, {}] },
    ]);
    expect(await aggregate(people, [{ $match: { _id: 2 } }, { $project: { 'at.z': '$age' } }])).toEqual([
      { _id: 2, at: [{ z: 20 }, { z: 20 }, { z: 20 }] },
    ]);
  });

  it.each([
    [{}, '40177: Invalid $project specification: specification must have at least one field'],
    [{ a: 1, 'a.b': 1 }, '40176:'],
    [{ a: {} }, '40180:'],
    [{ a: { $add: [1], b: 1 } }, '40181:'],
    [{ a: { 'b.c': 1 } }, '40183:'],
    [{ a: 1, b: 0 }, '40178:'],
    [{ a: 0, b: 1 }, '40179:'],
    [{ a: 0, b: { $add: [1, 2] } }, '40182:'],
    [5, '15969: $project specification must be an object'],
  ])('refuses %j', async (specification, expected) => {
    expect(await refusal([], [{ $project: specification }])).toContain(expected);
  });
});

describe('a constant part that fails', () => {
  const fails = { $divide: [1, 0] };
  it.each([
    [[{ $project: { a: fails } }], 16608],
    [[{ $group: { _id: fails } }], 16608],
    [[{ $group: { _id: null, a: { $sum: fails } } }], 16608],
    [[{ $replaceRoot: { newRoot: fails } }], 16608],
    [[{ $redact: fails }], 16608],
    [[{ $facet: { a: [{ $project: { a: fails } }] } }], 16608],
    [[{ $project: { a: fails, b: { $nosuch: 1 } } }], 168],
    [[{ $project: { a: fails } }, { $limit: 0 }], 15958],
    [[{ $addFields: { a: fails } }, { $collStats: {} }], 2],
    [[{ $facet: { a: [{ $project: { a: fails } }] } }, { $project: {} }], 40177],
  ])('of %j is refused with %i without documents, after what cannot be parsed', async (stages, code) => {
    await expect(aggregate([], stages)).rejects.toMatchObject({ code });
  });

  it('is met with the first document where mongod does not optimize', async () => {
    const stages = [{ $bucketAuto: { groupBy: fails, buckets: 2 } }];
    expect(await aggregate([], stages)).toEqual([]);
    await expect(aggregate(people, stages)).rejects.toMatchObject({ code: 16608 });
  });
});

describe('$addFields', () => {
  it('replaces in place, adds at the end and removes what becomes missing', async () => {
    const stage = { $addFields: { age: { $literal: 1 }, tags: '$nosuch', 'at.z': 5, n: 7 } };
    const [first] = await aggregate(people, [stage]);
    const expected = { _id: 1, name: 'Ada', age: 1, at: { x: 1, y: 2, z: 5 }, n: 7 };
    expect(JSON.stringify(first)).toBe(JSON.stringify(expected));
  });
});

describe('$unwind', () => {
  it('gives a document for each item and leaves nothing out only if asked', async () => {
    expect(await ids([{ $unwind: '$tags' }])).toEqual([1, 1]);
    const stage = { $unwind: { path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'at.i' } };
    expect(await aggregate(people, [stage, { $project: { tags: 1, 'at.i': 1 } }])).toEqual([
      { _id: 1, tags: 'a', at: { i: { $numberLong: '0' } } },
      { _id: 1, tags: 'b', at: { i: { $numberLong: '1' } } },
      { _id: 2, at: { i: null } },
      { _id: 3, tags: null, at: { i: null } },
      { _id: 4, at: { i: null } },
    ]);
  });
});

describe('$group', () => {
  it('takes missing for null in a single identity and leaves it out of a compound one', async () => {
    const stages = [{ $group: { _id: '$age', n: { $sum: 1 } } }, { $sort: { _id: 1 } }];
    expect(await aggregate(people, stages)).toEqual([
      { _id: null, n: 1 },
      { _id: 20, n: 1 },
      { _id: 36, n: 2 },
    ]);
    expect(await aggregate(people, [{ $group: { _id: { a: '$zz' } } }])).toEqual([{ _id: { a: null } }]);
    expect(await aggregate(people, [{ $group: { _id: { a: '$zz', b: '$yy' } } }])).toEqual([{ _id: {} }]);
  });

  it('gives each accumulator of one path what that path finds in the document at hand', async () => {
    const documents = [{ k: 1, a: 5, b: { a: 1 } }, { k: 1, b: { a: 7 } }, { k: 2 }];
    const group = {
      _id: '$k',
      sum: { $sum: '$a' },
      inner: { $max: '$b.a' },
      all: { $push: '$a' },
      innerToo: { $sum: '$b.a' },
      root: { $max: '$$ROOT.a' },
    };
    expect(await aggregate(documents, [{ $group: group }])).toEqual([
      { _id: 1, sum: 5, inner: 7, all: [5], innerToo: 8, root: 5 },
      { _id: 2, sum: 0, inner: null, all: [], innerToo: 0, root: null },
    ]);
  });

  it('fails over the memory limit, and spills if allowed with the same result', async () => {
    const documents = Array.from({ length: 500 }, (_, n) => ({ _id: n, k: n % 100, s: 'x'.repeat(50) }));
    const stages = [
      { $group: { _id: '$k', all: { $push: '$_id' }, f: { $first: '$_id' } } },
      { $sort: { _id: 1 } },
    ];
    const whole = await aggregate(documents, stages);
    await expect(aggregate(documents, stages, { memoryLimit: 2000 })).rejects.toMatchObject({ code: 16945 });
    expect(await aggregate(documents, stages, { memoryLimit: 8000, allowDiskUse: true })).toEqual(whole);
  });
});

describe('$sort', () => {
  it('reads its directions as mongod casts them: doubles are cut, decimals rounded', async () => {
    expect(await ids([{ $sort: { _id: -1.7 } }, { $limit: 1 }])).toEqual([4]);
    expect(await ids([{ $sort: { _id: { $numberDecimal: '-1.2' } } }, { $limit: 1 }])).toEqual([4]);
    const rounded = aggregate(people, [{ $sort: { _id: { $numberDecimal: '-1.7' } } }]);
    await expect(rounded).rejects.toMatchObject({ code: 15975 });
  });

  it('compares arrays as a whole', async () => {
    expect(await ids([{ $sort: { tags: 1 } }])).toEqual([4, 3, 2, 1]);
  });

  it('fails over the memory limit, and merges sorted runs if allowed', async () => {
    const documents = Array.from({ length: 1000 }, (_, n) => ({ _id: n, k: (n * 7919) % 13 }));
    const stages = [{ $sort: { k: -1 } }];
    const whole = await ids(stages, documents);
    await expect(aggregate(documents, stages, { memoryLimit: 2000 })).rejects.toMatchObject({ code: 16819 });
    const spilled = await aggregate(documents, stages, { memoryLimit: 2000, allowDiskUse: true });
    expect(spilled.map((each) => (each as { _id: number })._id)).toEqual(whole);
  });

  it('spills in front of a $limit too, where the documents that it wants are more than memory holds', async () => {
    const documents = Array.from({ length: 1000 }, (_, n) => ({ _id: n, k: (n * 7919) % 13 }));
    const stages = [{ $sort: { k: -1 } }, { $skip: 3 }, { $limit: 900 }];
    await expect(aggregate(documents, stages, { memoryLimit: 2000 })).rejects.toMatchObject({ code: 16819 });
    for (const memoryLimit of [20_000, 400_000]) {
      const spilled = await aggregate(documents, stages, { memoryLimit, allowDiskUse: true });
      expect(spilled).toEqual(await aggregate(documents, stages));
    }
  });
});

describe('$sample', () => {
  const documents = Array.from({ length: 1000 }, (_, n) => ({ _id: n }));
  const sample = (size: number) => [{ $sample: { size } }];

  it('takes each document at most once, in any order, with the number that it was drawn by', async () => {
    const taken = await ids(sample(100), documents);
    expect(new Set(taken).size).toBe(100);
    expect(taken).not.toEqual(taken.toSorted((a, b) => Number(a) - Number(b)));
    expect((await ids(sample(2000), documents)).length).toBe(1000);
    const drawn = await aggregate(documents, [...sample(10), { $project: { r: { $meta: 'randVal' } } }]);
    const numbers = drawn.map((each) => Number((each as { r: { $numberDouble: string } }).r.$numberDouble));
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
  });

  it('holds no more than memory may, and spills if allowed', async () => {
    const limits = { memoryLimit: 20_000 };
    await expect(aggregate(documents, sample(900), limits)).rejects.toMatchObject({ code: 16819 });
    const spilled = await aggregate(documents, sample(900), { ...limits, allowDiskUse: true });
    expect(new Set(spilled.map((each) => (each as { _id: number })._id)).size).toBe(900);
  });
});

describe('joins', () => {
  const others = { o: [{ _id: 1, p: 1 }, { _id: 2, p: [1, 2] }, { _id: 3 }, { _id: 4, p: null }] };
  const lookup = (localField: string) => ({ $lookup: { from: 'o', localField, foreignField: 'p', as: 'o' } });
  const found = async (documents: unknown[], localField: string) =>
    (await aggregate(documents, [lookup(localField)], { others })).map((each) =>
      (each as { o: { _id: number }[] }).o.map(({ _id }) => _id),
    );

  it('matches items of arrays on both sides, and null with missing', async () => {
    expect(await found([{ v: 1 }, { v: 2 }, { v: 3 }, { v: [2, 1] }], 'v')).toEqual([
      [1, 2],
      [2],
      [],
      [1, 2],
    ]);
    expect(await found([{ v: null }, {}, { v: 1 }], 'v')).toEqual([
      [3, 4],
      [3, 4],
      [1, 2],
    ]);
    expect(await found([{ v: [{ w: 1 }, { w: 2 }] }, { v: { w: 2 } }], 'v.w')).toEqual([[1, 2], [2]]);
  });

  it('follows a graph breadth first, each document once', async () => {
    const nodes = [{ _id: 1, to: [2, 3] }, { _id: 2, to: 4 }, { _id: 3, to: 1 }, { _id: 4 }];
    const graph = { from: 'g', startWith: '$to', connectFromField: 'to', connectToField: '_id', as: 'r' };
    const run = async (more: object) => {
      const options = { others: { g: nodes } };
      const [first] = await aggregate([nodes[0]], [{ $graphLookup: { ...graph, ...more } }], options);
      return (first as { r: { _id: number; d?: unknown }[] }).r;
    };
    expect((await run({})).map(({ _id }) => _id).sort()).toEqual([1, 2, 3, 4]);
    expect((await run({ maxDepth: 0, depthField: 'd' })).map(({ d }) => d)).toEqual([
      { $numberLong: '0' },
      { $numberLong: '0' },
    ]);
    expect((await run({ restrictSearchWithMatch: { _id: { $lt: 3 } } })).map(({ _id }) => _id)).toEqual([2]);
  });
});

describe('$facet', () => {
  it('gives each pipeline all documents, also where one reads nothing or ends early', async () => {
    const facets = {
      n: [{ $count: 'n' }],
      none: [{ $sample: { size: 0 } }],
      one: [{ $limit: 1 }, { $project: { _id: 1 } }],
    };
    const documents = Array.from({ length: 1000 }, (_, n) => ({ _id: n }));
    expect(await aggregate(documents, [{ $facet: facets }])).toEqual([
      { n: [{ n: 1000 }], none: [], one: [{ _id: 0 }] },
    ]);
  });

  it('gives no more than memory may hold', async () => {
    const facets = { $facet: { a: [{ $match: {} }], b: [{ $limit: 1 }] } };
    const limited = aggregate(people, [facets], { memoryLimit: 200 });
    await expect(limited).rejects.toMatchObject({ code: 146, message: '$facet gives more than 200 bytes' });
  });

  it('ends with the error of one pipeline', async () => {
    const facets = { a: [{ $count: 'n' }], b: [{ $replaceRoot: { newRoot: '$age' } }] };
    await expect(aggregate(people, [{ $facet: facets }])).rejects.toMatchObject({ code: 40228 });
  });
});

describe('$redact', () => {
  it('goes into documents and arrays with $$DESCEND', async () => {
    const documents = [{ _id: 1, ok: true, a: { ok: false }, b: [{ ok: true, n: 1 }, { ok: false }, 5] }];
    const stage = { $redact: { $cond: ['$ok', '$$DESCEND', '$$PRUNE'] } };
    expect(await aggregate(documents, [stage])).toEqual([{ _id: 1, ok: true, b: [{ ok: true, n: 1 }, 5] }]);
  });
});

describe('buckets', () => {
  const documents = [1, 2, 2, 2, 3, 10, 20, 21].map((v, _id) => ({ _id, v }));

  it('keeps equal values in one automatic bucket', async () => {
    expect(await aggregate(documents, [{ $bucketAuto: { groupBy: '$v', buckets: 4 } }])).toEqual([
      { _id: { min: 1, max: 3 }, count: 4 },
      { _id: { min: 3, max: 20 }, count: 2 },
      { _id: { min: 20, max: 21 }, count: 2 },
    ]);
  });

  it('rounds boundaries to preferred numbers', async () => {
    const stage = { $bucketAuto: { groupBy: '$v', buckets: 2, granularity: '1-2-5' } };
    const limits = (await aggregate(documents, [stage])).map((each) => (each as { _id: object })._id);
    expect(limits).toEqual([
      { min: { $numberDouble: '0.5' }, max: { $numberDouble: '5.0' } },
      { min: { $numberDouble: '5.0' }, max: { $numberDouble: '50.0' } },
    ]);
  });
});

describe('places of stages', () => {
  it.each([
    [[{ $limit: 1 }, { $indexStats: {} }], '2: $indexStats is only valid as the first stage in a pipeline.'],
    [[{ $limit: 1 }, { $match: { $text: { $search: 'x' } } }], '17313:'],
    [[{ $facet: { a: [{ $collStats: {} }] } }], '40173:'],
    [[{ $nosuch: {} }], "40324: Unrecognized pipeline stage name: '$nosuch'"],
    [[{ $limit: 1, $skip: 1 }], '40323:'],
    [[{ $match: 5 }, { $nosuch: {} }], '40324:'],
    [[{ $project: {} }, { $facet: { a: [{ $nosuch: {} }] } }], '40324:'],
    [[{ $project: {} }, { $facet: { a: 5 } }], '40170:'],
    [[{ $project: {} }, { $lookup: 5 }], '40319:'],
    [[{ $lookup: { from: '', localField: 'a', foreignField: 'b', as: 'c' } }], '40322:'],
    [[{ $graphLookup: { from: '' } }], '40330:'],
    [[{ $facet: { a: [{ $match: { $text: { $search: 'x' } } }] } }], '17313:'],
    [[{ $facet: { a: [{ $sort: { a: { $meta: 'textScore' } } }] } }], '40218:'],
    [[{ $limit: 1 }, { $project: { a: { $meta: 'textScore' } } }], '40218:'],
    [[{ $facet: { a: [{ $out: 'x' }] } }], '40331:'],
    [[{ $facet: { a: [{ $facet: { b: [] } }] } }], '40331:'],
    [[{ $match: { a: { b: [{ $where: 1 }] } } }], '16395:'],
    [[{ $match: { a: { $near: [0, 0] } } }], '16424:'],
    [[{ $match: { a: { $nearSphere: [0, 0] } } }], '16426:'],
    [[{ $limit: { $numberDouble: 'Infinity' } }], '15958:'],
    [[{ $skip: { $numberDouble: 'Infinity' } }], '15956:'],
    [[{ $collStats: { latencyStats: { histograms: 1 } } }], '40305:'],
    [[{ $group: { _id: { 'a.b': '$x' } } }], '16412:'],
    [[{ $group: { _id: { a: '$x', $b: '$y' } } }], '16410:'],
    [[{ $group: { _id: { a: '$x', $b: 1 } } }], '17390:'],
    [[{ $project: { s: { $meta: 'textScore' } } }], '40218:'],
    [[{ $sort: { s: { $meta: 'textScore' } } }], '40218:'],
    [[{ $sort: { s: { $meta: 'other' } } }], '17308:'],
    [[{ $sort: { s: { $meta: 1 } } }], '17307:'],
    [[{ $sort: { s: { $other: 1 } } }], '17312:'],
    [[{ $group: { _id: { a: { $numberDecimal: '1' } } } }], '17390:'],
  ])('%j is refused', async (pipeline, expected) => {
    expect(await refusal(people, pipeline)).toContain(expected);
  });

  it.each(['$group', '$redact'])('a text score is not missed after %s', async (name) => {
    const stage = name === '$group' ? { $group: { _id: 1 } } : { $redact: '$$KEEP' };
    expect(await aggregate([{ _id: 1 }], [stage, { $project: { s: { $meta: 'textScore' } } }])).toEqual([
      { _id: 1 },
    ]);
  });
});
