import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import type { CommandError } from '../errors.ts';
import { carryMetadata } from '../metadata.ts';
import { sortGradually } from '../sort/gradual-sort.ts';
import { Batch, inBatches } from './batches.ts';
import { Heap } from './heap.ts';
import { first } from './limit.ts';
import { overheadOf, ownCopy } from './memory.ts';
import type { Keyed } from './sort-keys.ts';
import { SpilledRuns } from './spilled-runs.ts';

/** How a Sorter works. */
export interface SortPlan {
  keyOf: (document: Value) => Keyed;
  /** The same of a document that comes back from a run; by default `keyOf`. */
  keyOfRun?: (document: Value) => Keyed;
  compare: (a: Keyed, b: Keyed) => number;
  /** Only the first so many documents are wanted. */
  limit: number | undefined;
  /** Where runs begin, or the error is thrown. */
  runBytes: number;
  /** A directory for sorted runs; undefined forbids them. */
  directory: (() => Promise<string>) | undefined;
  /** What is thrown where runs are forbidden. */
  tooLarge: () => CommandError;
  /**
   * A document that is kept of those before a limit. By default one that takes another's place is copied, its keys taken anew, since it may be
   * one of few of its batch.
   */
  kept?: (next: Keyed) => Keyed;
  signal: AbortSignal;
}

/** Sorts documents, in memory or by merging sorted runs from disk; with a limit it holds and writes no more than may be among those. Stable. */
export async function* sorted(input: Batches, plan: SortPlan): Batches {
  const runs = new SpilledRuns((sources) => merged(sources, plan));
  try {
    const last =
      plan.limit === undefined ? await collect(input, plan, runs) : await best(input, plan, plan.limit, runs);
    if (runs.isEmpty) yield* inBatches(last.map(({ document }) => document));
    else yield* first(merged([...runs.read(), fromKeyed(last)], plan), plan.limit ?? Infinity);
  } finally {
    await runs.remove();
  }
}

async function collect(input: Batches, plan: SortPlan, runs: SpilledRuns): Promise<Keyed[]> {
  const overhead = overheadOf(plan.directory !== undefined);
  let held: Keyed[] = [];
  let bytes = 0;
  for await (const batch of input) {
    plan.signal.throwIfAborted();
    for (const document of batch) {
      held.push(plan.keyOf(document));
      bytes += document.end - document.start + overhead;
      if (bytes <= plan.runBytes) continue;
      if (plan.directory === undefined) throw plan.tooLarge();
      const run = await sortGradually(held, plan.compare, plan.signal);
      held = [];
      bytes = 0;
      await runs.add(await plan.directory(), fromKeyed(run));
    }
  }
  return sortGradually(held, plan.compare, plan.signal);
}

interface Ranked extends Keyed {
  /** The place in the input, which decides between equals. */
  place: number;
}

/** Those of the input that may be among the first `limit`, but for the runs that were full before: each has its own first ones. */
async function best(input: Batches, plan: SortPlan, limit: number, runs: SpilledRuns): Promise<Keyed[]> {
  const order = (a: Ranked, b: Ranked) => plan.compare(a, b) || a.place - b.place;
  const overhead = overheadOf(plan.directory !== undefined);
  const size = ({ document }: Keyed) => document.end - document.start + overhead;
  let heap = new Heap<Ranked>(order);
  /** The last one wanted, once there are `limit` before what comes after it. */
  let last: Ranked | undefined;
  let bytes = 0;
  let place = 0;
  for await (const batch of input) {
    plan.signal.throwIfAborted();
    for (const document of batch) {
      const next: Ranked = { ...plan.keyOf(document), place: place++ };
      if (last !== undefined && order(next, last) >= 0) continue;
      const { top } = heap;
      const isFull = heap.size >= limit && top !== undefined;
      const kept = plan.kept?.(next) ?? (isFull ? ownKeyed(next, plan) : next);
      const own: Ranked = { ...kept, place: next.place };
      bytes += size(own);
      if (isFull) {
        bytes -= size(top);
        heap.replaceTop(own);
      } else heap.push(own);
      if (heap.size >= limit) last = heap.top;
      if (bytes <= plan.runBytes) continue;
      if (plan.directory === undefined) throw plan.tooLarge();
      const run = await sortGradually(heap.items, order, plan.signal);
      await runs.add(await plan.directory(), fromKeyed(run));
      heap = new Heap(order);
      bytes = 0;
    }
  }
  return sortGradually(heap.items, order, plan.signal);
}

function ownKeyed({ document }: Keyed, plan: SortPlan): Keyed {
  return plan.keyOf(carryMetadata(document, ownCopy(document)));
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* fromKeyed(documents: Keyed[]): Batches {
  yield* inBatches(documents.map(({ document }) => document));
}

interface Head extends Keyed {
  run: number;
}

async function* merged(sources: Batches[], plan: SortPlan): Batches {
  const runs = sources.map((source) => new Run(source));
  const keyOf = plan.keyOfRun ?? plan.keyOf;
  const heap = new Heap<Head>((a, b) => plan.compare(b, a) || b.run - a.run);
  for (const [i, run] of runs.entries()) {
    const first = run.next() ?? (await run.load());
    if (first) heap.push({ ...keyOf(first), run: i });
  }
  const out = new Batch();
  for (let { top } = heap; top !== undefined; { top } = heap) {
    const isFull = out.add(top.document);
    const run = runs[top.run];
    const next = run?.next() ?? (await run?.load());
    if (next === undefined) heap.pop();
    else heap.replaceTop({ ...keyOf(next), run: top.run });
    if (!isFull) continue;
    plan.signal.throwIfAborted();
    yield out.take();
  }
  if (!out.isEmpty) yield out.take();
}

/** Documents one by one, waiting only where the next batch must be read. */
class Run {
  readonly #batches: AsyncIterator<Value[]>;
  #batch: Value[] = [];
  #at = 0;

  constructor(batches: Batches) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** The next document of the batch at hand. */
  next(): Value | undefined {
    return this.#batch[this.#at++];
  }

  /** The first document of the next batch; undefined at the end. */
  async load(): Promise<Value | undefined> {
    const step = await this.#batches.next();
    this.#batch = step.done === true ? [] : step.value;
    this.#at = 0;
    return this.next();
  }
}
