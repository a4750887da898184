import { isNumberType } from '../../bson/types.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { toLong } from '../expression/coerce.ts';
import type { StageParser } from './stage.ts';

/** `{$skip: number}`: fractions are cut off, and what no long holds counts as negative. */
export const parseSkip: StageParser = (specification, { signal }) => {
  if (!isNumberType(specification.type)) {
    throw location(15972, 'Argument to $skip must be a number');
  }
  const skip = toLong(specification);
  if (skip < 0n) throw location(15956, 'Argument to $skip cannot be negative');
  const count = Number(skip);
  return [{ name: '$skip', hints: { skip: count }, run: (input) => without(input, count, signal) }];
};

async function* without(input: Batches, count: number, signal: AbortSignal): Batches {
  let left = count;
  for await (const batch of input) {
    signal.throwIfAborted();
    const rest = left > 0 ? batch.slice(left) : batch;
    left -= batch.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}
