import type { Accumulator } from '../accumulator/accumulator.ts';
import { compareValues } from '../../bson/compare.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { nullValue } from '../../bson/make.ts';
import { toDouble } from '../../bson/numbers.ts';
import { isNumberType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { typeName } from '../expression/type-name.ts';
import { Variables } from '../expression/variables.ts';
import { inBatches, inTurns } from './batches.ts';
import { parseBucketAutoSpec, type BucketAuto } from './bucket-auto-spec.ts';
import type { Rounder } from './preferred-numbers.ts';
import { sortLimits } from './sort-limits.ts';
import { sorted, type SortPlan } from './sorter.ts';
import type { StageContext, StageParser } from './stage.ts';

/** `{$bucketAuto: {groupBy, buckets, output, granularity}}`: that many buckets of about the same number of documents. */
export const parseBucketAuto: StageParser = (specification, context) => {
  const auto = parseBucketAutoSpec(specification, context);
  return [
    {
      name: '$bucketAuto',
      expressions: [auto.groupBy, ...auto.fields.map(({ expression }) => expression)],
      run: (input) => buckets(input, auto, context),
    },
  ];
};

interface Bucket {
  min: Value;
  max: Value;
  accumulators: Accumulator[];
}

async function* buckets(input: Batches, auto: BucketAuto, context: StageContext): Batches {
  let count = 0;
  const counted = (async function* () {
    for await (const batch of input) {
      count += batch.length;
      yield batch;
    }
  })();
  const queue = new Queue(sorted(counted, sortPlan(auto, context)), auto, context);
  // The sort gives its first document when all input has been counted.
  await queue.advance();
  yield* inBatches((await fill(queue, count, auto, context)).map((bucket) => output(bucket, auto)));
}

/** The documents in their order, one at a time. */
class Queue {
  readonly #documents: AsyncIterator<Value>;
  readonly #auto: BucketAuto;
  readonly #signal: AbortSignal;
  /** The next document and its key; undefined at the end. */
  next: { document: Value; key: Value } | undefined;

  constructor(batches: Batches, auto: BucketAuto, { signal }: StageContext) {
    this.#documents = (async function* () {
      for await (const batch of inTurns(batches)) yield* batch;
    })();
    this.#auto = auto;
    this.#signal = signal;
  }

  async advance(): Promise<void> {
    this.#signal.throwIfAborted();
    const result = await this.#documents.next();
    this.next =
      result.done === true ? undefined : { document: result.value, key: keyOf(result.value, this.#auto) };
  }

  /** Moves documents into a bucket while `belongs` says so. */
  async move(bucket: Bucket, belongs: (key: Value, taken: number) => boolean): Promise<void> {
    for (let taken = 0; this.next !== undefined && belongs(this.next.key, taken); taken++) {
      const variables = new Variables(this.next.document);
      bucket.max = this.next.key;
      for (const [index, { expression }] of this.#auto.fields.entries()) {
        bucket.accumulators[index]?.add(expression.evaluate(variables));
      }
      await this.advance();
    }
  }
}

function sortPlan(auto: BucketAuto, context: StageContext): SortPlan {
  return {
    ...sortLimits(context),
    keyOf: (document) => ({ document, keys: [keyOf(document, auto)] }),
    compare: (a, b) => compareValues(a.keys[0], b.keys[0], context.collator),
    limit: undefined,
  };
}

function keyOf(document: Value, { groupBy, rounder }: BucketAuto): Value {
  const value = groupBy.evaluate(new Variables(document));
  if (rounder !== undefined) checkRoundable(value);
  return value ?? nullValue;
}

function checkRoundable(value: Value | undefined): void {
  if (value === undefined || !isNumberType(value.type)) {
    throw location(
      40258,
      `$bucketAuto can specify a 'granularity' with numeric boundaries only, but found a value with type: ${typeName(value)}`,
    );
  }
  const number = toDouble(value);
  if (Number.isNaN(number)) {
    throw location(
      40259,
      "$bucketAuto can specify a 'granularity' with numeric boundaries only, but found a NaN",
    );
  }
  if (number < 0) {
    throw location(
      40260,
      "$bucketAuto can specify a 'granularity' with non-negative numbers only, but found a negative number",
    );
  }
}

/** Fills buckets from the ordered documents; equal keys, and keys below a rounded boundary, stay in one bucket. */
async function fill(
  queue: Queue,
  count: number,
  { buckets: wanted, fields, rounder }: BucketAuto,
  { collator }: StageContext,
): Promise<Bucket[]> {
  const size = Math.max(1, Math.round(count / wanted));
  const filled: Bucket[] = [];
  while (queue.next !== undefined && filled.length < wanted) {
    const { key } = queue.next;
    const accumulators = fields.map(({ accumulation }) => accumulation.create());
    const bucket: Bucket = { min: key, max: key, accumulators };
    const last = filled.length === wanted - 1;
    await queue.move(bucket, (_, taken) => last || taken < size);
    const boundary = last ? undefined : rounder?.up(bucket.max);
    await queue.move(bucket, (next) =>
      boundary === undefined
        ? compareValues(bucket.max, next, collator) === 0
        : compareValues(boundary, next, collator) > 0,
    );
    if (boundary !== undefined && hasNext(queue)) bucket.max = boundary;
    joinToPrevious(bucket, filled.at(-1), rounder);
    filled.push(bucket);
  }
  const [first] = filled;
  const end = filled.at(-1);
  if (rounder && first && end) {
    first.min = rounder.down(first.min);
    end.max = rounder.up(end.max);
  }
  return filled;
}

function hasNext({ next }: Queue): boolean {
  return next !== undefined;
}

/** Neighbours share a boundary: the least key of the second, or with a granularity the rounded end of the first. */
function joinToPrevious(bucket: Bucket, previous: Bucket | undefined, rounder: Rounder | undefined): void {
  if (previous === undefined) return;
  if (rounder === undefined) previous.max = bucket.min;
  else {
    // Zero cannot be rounded up: the boundary comes from above it.
    if (toDouble(previous.max) === 0) previous.max = rounder.down(bucket.min);
    bucket.min = previous.max;
  }
}

function output({ min, max, accumulators }: Bucket, { fields }: BucketAuto): Value {
  const builder = new DocumentBuilder();
  builder.openDocument('_id').append('min', min).append('max', max).close();
  for (const [index, { accumulation }] of fields.entries()) {
    builder.append(accumulation.field, accumulators[index]?.result() ?? nullValue);
  }
  return builder.finish();
}
