import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import type { CommandError } from '../errors.ts';
import { carryMetadata } from '../metadata.ts';
import { sortGradually } from '../sort/gradual-sort.ts';
import { inBatches } from './batches.ts';
import { Heap } from './heap.ts';
import { overheadOf, ownCopy } from './memory.ts';
import type { Keyed } from './sort-keys.ts';
import { SpilledRuns } from './spilled-runs.ts';

/** How a Sorter works. */
export interface SortPlan {
  keyOf: (document: Value) => Keyed;
  compare: (a: Keyed, b: Keyed) => number;
  /** Only the first so many documents are wanted. */
  limit: number | undefined;
  memoryLimit: number;
  /** Where runs begin: at most the memory limit. */
  runBytes: number;
  /** A directory for sorted runs; undefined forbids them. */
  directory: (() => Promise<string>) | undefined;
  /** What is thrown over the memory limit where runs are forbidden. */
  tooLarge: () => CommandError;
  signal: AbortSignal;
}

/** Sorts documents, in memory or by merging sorted runs from disk; with a limit it holds no more than that many. Stable. */
export async function* sorted(input: Batches, plan: SortPlan): Batches {
  const runs = new SpilledRuns((sources) => merged(sources, plan));
  try {
    const last =
      plan.limit === undefined ? await collect(input, plan, runs) : await best(input, plan, plan.limit);
    if (runs.isEmpty) yield* inBatches(last.map(({ document }) => document));
    else yield* merged([...runs.read(), fromKeyed(last)], plan);
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

async function best(input: Batches, plan: SortPlan, limit: number): Promise<Keyed[]> {
  const order = (a: Ranked, b: Ranked) => plan.compare(a, b) || a.place - b.place;
  const heap = new Heap<Ranked>(order);
  let bytes = 0;
  let place = 0;
  const size = ({ document }: Keyed) => document.end - document.start + overheadOf(false);
  for await (const batch of input) {
    plan.signal.throwIfAborted();
    for (const document of batch) {
      const next: Ranked = { ...plan.keyOf(document), place: place++ };
      const { top } = heap;
      const full = heap.size >= limit;
      if (full && top !== undefined && order(next, top) >= 0) continue;
      const kept: Ranked = { ...plan.keyOf(carryMetadata(document, ownCopy(document))), place: next.place };
      if (full && top !== undefined) {
        heap.replaceTop(kept);
        bytes -= size(top);
      } else heap.push(kept);
      bytes += size(kept);
      if (bytes > plan.memoryLimit) throw plan.tooLarge();
    }
  }
  return sortGradually(heap.items, order, plan.signal);
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
  const heap = new Heap<Head>((a, b) => plan.compare(b, a) || b.run - a.run);
  for (const [i, run] of runs.entries()) {
    const first = run.next() ?? (await run.load());
    if (first) heap.push({ ...plan.keyOf(first), run: i });
  }
  let out: Value[] = [];
  for (let { top } = heap; top !== undefined; { top } = heap) {
    out.push(top.document);
    const run = runs[top.run];
    const next = run?.next() ?? (await run?.load());
    if (next === undefined) heap.pop();
    else heap.replaceTop({ ...plan.keyOf(next), run: top.run });
    if (out.length < 256) continue;
    plan.signal.throwIfAborted();
    yield out;
    out = [];
  }
  if (out.length > 0) yield out;
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
