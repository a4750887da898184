import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { toLong } from '../expression/coerce.ts';
import { inBatches } from './batches.ts';
import type { StageParser } from './stage.ts';

/** `{$sample: {size: number}}`: that many documents at random, each as likely as the others. */
export const parseSample: StageParser = (specification, { signal }) => {
  if (specification.type !== BsonType.object) {
    throw location(28745, 'the $sample stage specification must be an object');
  }
  let size: number | undefined;
  for (const { name, value } of elements(specification)) {
    if (name !== 'size') throw location(28748, `unrecognized option to $sample: ${name}`);
    if (!isNumberType(value.type)) throw location(28746, 'size argument to $sample must be a number');
    size = Number(toLong(value));
    if (size < 0) throw location(28747, 'size argument to $sample must not be negative');
  }
  const count = size;
  if (count === undefined) throw location(28749, '$sample stage must specify a size');
  return [{ name: '$sample', run: (input) => reservoir(input, count, signal) }];
};

/** Reservoir sampling: one pass, memory for the sample only. */
async function* reservoir(input: Batches, size: number, signal: AbortSignal): Batches {
  if (size === 0) return;
  const sample: Value[] = [];
  let seen = 0;
  for await (const batch of input) {
    signal.throwIfAborted();
    for (const document of batch) {
      seen++;
      if (sample.length < size) sample.push(document);
      else {
        const place = Math.floor(Math.random() * seen);
        if (place < size) sample[place] = document;
      }
    }
  }
  for (let at = sample.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [sample[at], sample[other]] = [sample[other] as Value, sample[at] as Value];
  }
  yield* inBatches(sample);
}
