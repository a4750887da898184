import { expect, it } from 'vitest';
import { aggregate } from '../../../test/support/pipelines.ts';

const numbers = Array.from({ length: 1000 }, (_, n) => n);
const unwinds = [{ $unwind: '$a' }, { $unwind: '$b' }];
const count = { $group: { _id: null, n: { $sum: 1 } } };

/** Runs a pipeline over one document that $unwind makes a million of; how often the event loop turned meanwhile. */
async function turnsDuring(pipeline: unknown[], expected: unknown[]): Promise<number> {
  let turns = 0;
  let running = true;
  const turn = (): void => {
    turns++;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  expect(await aggregate([{ a: numbers, b: numbers }], pipeline)).toEqual(expected);
  running = false;
  return turns;
}

it.each([
  ['after each other', [...unwinds, count], [{ _id: null, n: 1_000_000 }]],
  ['inside of a $facet', [{ $facet: { f: [...unwinds, count] } }], [{ f: [{ _id: null, n: 1_000_000 }] }]],
])('stages %s let others have their turn, however much they make of little', async (_, stages, expected) => {
  expect(await turnsDuring(stages, expected)).toBeGreaterThan(10);
});
