import { isNumberType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { toLong } from '../expression/coerce.ts';
import type { StageParser } from './stage.ts';

/** `{$limit: number}`: fractions are cut off, and what no long holds counts as negative. */
export const parseLimit: StageParser = (specification) => {
  if (!isNumberType(specification.type)) {
    throw location(15957, 'the limit must be specified as a number');
  }
  const limit = toLong(specification);
  if (limit <= 0n) throw location(15958, 'the limit must be positive');
  const count = Number(limit);
  return [{ name: '$limit', hints: { limit: count }, run: (input) => first(input, count) }];
};

/** The first `count` documents; reads no further than they need. */
export async function* first(input: Batches, count: number): Batches {
  let left = count;
  for await (const batch of input) {
    const taken: Value[] = batch.length > left ? batch.slice(0, left) : batch;
    left -= taken.length;
    yield taken;
    if (left <= 0) return;
  }
}
