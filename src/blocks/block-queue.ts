import type { Priority } from '../store/object-store.ts';

/** The bytes of one block, and whether a request to the store was made for them. */
export interface LoadedBlock {
  bytes: Buffer;
  fromStore: boolean;
}

export interface LoadOptions {
  signal: AbortSignal;
  priority: () => Priority;
  /** Takes each block as soon as it is there. */
  deliver: (index: number, block: LoadedBlock) => void;
}

/** Loads the adjacent blocks `first`, `first + 1`, ... of one object. */
export type LoadRun = (first: number, count: number, options: LoadOptions) => Promise<void>;

/** How many of so many adjacent blocks each request should bring, from the first on; together they are all of them. */
export type RunSizes = (blocks: number, priority: Priority) => number[];

/** One block on its way, and how many wait for it. */
export class PendingBlock {
  readonly index: number;
  waiters = 0;
  demand = false;
  /** The download that brings it, once that has begun. */
  run: Run | undefined;
  readonly loaded: Promise<LoadedBlock>;
  readonly resolve: (block: LoadedBlock) => void;
  readonly reject: (error: unknown) => void;

  constructor(index: number) {
    this.index = index;
    const { promise, resolve, reject } = withResolvers<LoadedBlock>();
    this.loaded = promise;
    this.resolve = resolve;
    this.reject = reject;
    // Blocks nobody waits for (read ahead) may fail unseen.
    promise.catch(() => undefined);
  }
}

interface Run {
  blocks: PendingBlock[];
  controller: AbortController;
}

/**
 * The blocks of one object that are on their way: each is downloaded once however many ask for it, and those asked for
 * at the same moment that lie side by side come by one request.
 */
export class BlockQueue {
  readonly #load: LoadRun;
  readonly #sizes: RunSizes;
  readonly #pending = new Map<number, PendingBlock>();
  #unstarted: PendingBlock[] = [];

  constructor(load: LoadRun, sizes: RunSizes) {
    this.#load = load;
    this.#sizes = sizes;
  }

  /** Whether the block is on its way already. */
  has(index: number): boolean {
    return this.#pending.has(index);
  }

  /** Waits for a block, which begins to be loaded before the event loop goes on. Pair with `leave`. */
  join(index: number, priority: Priority): PendingBlock {
    let block = this.#pending.get(index);
    if (!block) {
      block = new PendingBlock(index);
      this.#pending.set(index, block);
      // The first of this moment has all that are asked for at the same moment begin together.
      if (this.#unstarted.length === 0) queueMicrotask(() => this.#startRuns());
      this.#unstarted.push(block);
    }
    block.waiters++;
    block.demand ||= priority === 'demand';
    return block;
  }

  /** Ends waiting. A download that nobody waits for any more is aborted. */
  leave(block: PendingBlock, reason: unknown): void {
    if (--block.waiters > 0) return;
    const { run } = block;
    if (!run) {
      // Not begun: startRuns will pass it over.
      this.#forget(block);
      block.reject(reason);
    } else if (run.blocks.every((one) => one.waiters === 0 || !this.#isPending(one))) {
      run.blocks.forEach((one) => this.#forget(one));
      run.controller.abort(reason);
    }
  }

  /** Aborts everything. */
  close(reason: unknown): void {
    for (const block of [...this.#pending.values()]) {
      block.run?.controller.abort(reason);
      block.reject(reason);
    }
    this.#pending.clear();
  }

  #startRuns(): void {
    const wanted = this.#unstarted
      .filter((block) => this.#isPending(block))
      .sort((a, b) => a.index - b.index);
    this.#unstarted = [];
    for (let from = 0; from < wanted.length;) {
      let to = from + 1;
      while (to < wanted.length && follows(wanted[to - 1], wanted[to])) to++;
      for (const size of this.#sizes(to - from, wanted[from]?.demand ? 'demand' : 'ahead')) {
        this.#start(wanted.slice(from, from + size));
        from += size;
      }
    }
  }

  #start(blocks: PendingBlock[]): void {
    const run: Run = { blocks, controller: new AbortController() };
    for (const block of blocks) block.run = run;
    const first = blocks[0]?.index ?? 0;
    const priority = () => (blocks.some(({ demand }) => demand) ? 'demand' : 'ahead');
    const deliver: LoadOptions['deliver'] = (index, loaded) => {
      const block = blocks[index - first];
      if (!block) return;
      this.#forget(block);
      block.resolve(loaded);
    };
    const end = (reason: unknown): void => {
      for (const block of blocks) {
        this.#forget(block);
        // Those that were delivered do not mind.
        block.reject(reason);
      }
    };
    this.#load(first, blocks.length, { signal: run.controller.signal, priority, deliver }).then(
      () => end(new Error('a block was not delivered')),
      end,
    );
  }

  #isPending(block: PendingBlock): boolean {
    return this.#pending.get(block.index) === block;
  }

  #forget(block: PendingBlock): void {
    if (this.#isPending(block)) this.#pending.delete(block.index);
  }
}

/** Whether two blocks may come by one request: adjacent, and what somebody waits for never with what nobody does. */
function follows(before: PendingBlock | undefined, block: PendingBlock | undefined): boolean {
  if (!before || !block) return false;
  return before.index + 1 === block.index && before.demand === block.demand;
}

/** Promise.withResolvers, which Node has from version 22. */
function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}
