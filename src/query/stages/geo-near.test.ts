import { describe, expect, it } from 'vitest';
import { aggregate, refusal } from '../../../test/support/pipelines.ts';

describe('$geoNear', () => {
  const places = [
    { _id: 1, at: [0, 0] },
    { _id: 2, at: [0, 1] },
  ];
  const ids = async (pipeline: unknown[], documents: unknown[]) =>
    (await aggregate(documents, pipeline)).map((document) => (document as { _id: unknown })._id);
  const near = { near: { type: 'Point', coordinates: [0, 0] }, distanceField: 'd', spherical: true };

  it('ignores options of other types, and distances that are not above zero', async () => {
    const ignored = {
      limit: 'x',
      num: null,
      maxDistance: 0,
      minDistance: -5,
      distanceMultiplier: 'x',
      query: 5,
    };
    expect(await ids([{ $geoNear: { ...near, ...ignored } }], places)).toEqual([1, 2]);
    expect(await ids([{ $geoNear: { ...near, limit: 2, num: 1 } }], places)).toEqual([1]);
    expect(await ids([{ $geoNear: { ...near, maxDistance: 5 } }], places)).toEqual([1]);
  });

  it.each([
    [{ ...near, collation: {} }, '40227:'],
    [{ ...near, distanceMultiplier: -1 }, '16604:'],
    [{ ...near, limit: -1 }, '16604:'],
    [{ ...near, includeLocs: 5 }, '16607:'],
    [{ ...near, distanceField: 5 }, '16606:'],
    [{ ...near, near: 5 }, '16605:'],
  ])('refuses %j', async (options, expected) => {
    expect(await refusal(places, [{ $geoNear: options }])).toContain(expected);
  });
});
