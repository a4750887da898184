import { LRUCache } from 'lru-cache';
import { ErrorCode } from '../base/error-codes.ts';
import { allowManyListeners } from '../base/many-listeners.ts';
import { MongoqError } from '../base/errors.ts';
import type { ByteRange, ObjectStore, Priority } from '../store/object-store.ts';
import { BlockQueue, type LoadedBlock, type PendingBlock } from './block-queue.ts';
import type { BlockObject, BlockReader, ReadCounts, ReadOptions } from './block-reader.ts';
import type { DiskCache } from './disk-cache.ts';
import { requestSizes } from './request-sizes.ts';
import { VersionedObject, type BlockSource } from './versioned-object.ts';

interface OpenObject {
  object: VersionedObject;
  queue: BlockQueue;
}

/** The block reader: memory over disk over the store. */
export class CachedBlockReader implements BlockReader {
  readonly counts: ReadCounts = { requests: 0, bytesFetched: 0, bytesUsed: 0, hits: 0, waitedMs: 0 };
  readonly #source: BlockSource;
  readonly #memory: LRUCache<string, Buffer>;
  readonly #maxAheadInFlight: number;
  readonly #objects = new Map<string, OpenObject>();
  readonly #background = new Set<Promise<void>>();
  #aheadInFlight = 0;
  #closed: MongoqError | undefined;

  constructor(
    store: ObjectStore,
    options: { blockBytes: number; memoryBytes: number; disk: DiskCache | undefined },
  ) {
    this.#memory = new LRUCache({
      maxSize: options.memoryBytes,
      sizeCalculation: (block) => Math.max(1, block.length),
    });
    // More would push itself out of memory before it is read.
    this.#maxAheadInFlight = options.memoryBytes / 2;
    this.#source = {
      store,
      blockBytes: options.blockBytes,
      disk: options.disk,
      counts: this.counts,
      keep: (object, index, bytes) => this.#memory.set(`${object.id}/${index}`, bytes),
      background: (work) => this.#inBackground(work),
    };
  }

  async read(object: BlockObject, range: ByteRange, options: ReadOptions = {}): Promise<Buffer> {
    return this.#cut(await this.#blocks(object, range, options), range);
  }

  async readInto(
    target: Buffer,
    object: BlockObject,
    range: ByteRange,
    options: ReadOptions = {},
  ): Promise<void> {
    this.#copy(await this.#blocks(object, range, options), range, target);
  }

  peek(object: BlockObject, range: ByteRange): Buffer | undefined {
    const opened = this.#objects.get(object.key);
    if (!opened) return undefined;
    opened.object.expect(object);
    this.#check(object, range);
    const blocks = this.#fromMemory(opened, range);
    return blocks && this.#cut(blocks, range);
  }

  prefetch(object: BlockObject, ranges: ByteRange[], signal?: AbortSignal): boolean {
    if (signal?.aborted) return false;
    const opened = this.#open(object);
    const { blockBytes } = this.#source;
    const joined: PendingBlock[] = [];
    let isWhole = true;
    for (const index of ranges.flatMap((range) => this.#checkedIndexes(object, range))) {
      if (opened.queue.has(index) || this.#memory.has(`${opened.object.id}/${index}`)) continue;
      isWhole = this.#aheadInFlight + blockBytes <= this.#maxAheadInFlight;
      if (!isWhole) break;
      this.#aheadInFlight += blockBytes;
      const done = () => (this.#aheadInFlight -= blockBytes);
      const block = opened.queue.join(index, 'ahead');
      block.loaded.then(done, done);
      joined.push(block);
    }
    if (signal) leaveOnAbort(opened.queue, joined, signal);
    return isWhole;
  }

  async close(): Promise<void> {
    this.#closed = new MongoqError(ErrorCode.cancelled, 'The block reader was closed');
    for (const { queue } of this.#objects.values()) queue.close(this.#closed);
    await Promise.all(this.#background);
    this.#memory.clear();
  }

  #open(object: BlockObject): OpenObject {
    if (this.#closed) throw this.#closed;
    let opened = this.#objects.get(object.key);
    if (opened) {
      opened.object.expect(object);
      return opened;
    }
    const versioned = new VersionedObject(this.#source, object, this.#objects.size);
    const { blockBytes } = this.#source;
    const queue = new BlockQueue(
      (first, count, options) => versioned.load(first, count, options),
      (count, priority) => requestSizes(count, blockBytes, priority),
    );
    opened = { object: versioned, queue };
    this.#objects.set(object.key, opened);
    return opened;
  }

  #check(object: BlockObject, { start, end }: ByteRange): void {
    if (start >= 0 && start <= end && end <= object.size) return;
    throw new MongoqError(
      ErrorCode.storeDamaged,
      `${this.#source.store.url}/${object.key} has ${object.size} bytes, so none from ${start} to ${end}`,
    );
  }

  #indexes({ start, end }: ByteRange): number[] {
    if (start === end) return [];
    const { blockBytes } = this.#source;
    const first = Math.floor(start / blockBytes);
    return Array.from({ length: Math.floor((end - 1) / blockBytes) - first + 1 }, (_, i) => first + i);
  }

  #checkedIndexes(object: BlockObject, range: ByteRange): number[] {
    this.#check(object, range);
    return this.#indexes(range);
  }

  /** The blocks that `range` touches, from wherever they are. */
  async #blocks(object: BlockObject, range: ByteRange, options: ReadOptions): Promise<Buffer[]> {
    const { signal, priority = 'demand' } = options;
    signal?.throwIfAborted();
    const opened = this.#open(object);
    this.#check(object, range);
    const inMemory = this.#fromMemory(opened, range);
    if (inMemory) return inMemory;
    const started = performance.now();
    const blocks = await this.#gather(opened, range, priority, signal);
    this.counts.waitedMs += performance.now() - started;
    if (!blocks.some(({ fromStore }) => fromStore)) this.counts.hits++;
    this.counts.bytesUsed += range.end - range.start;
    return blocks.map(({ bytes }) => bytes);
  }

  /** The blocks that `range` touches, if all are in memory, which counts as a hit. */
  #fromMemory({ object }: OpenObject, range: ByteRange): Buffer[] | undefined {
    const blocks: Buffer[] = [];
    for (const index of this.#indexes(range)) {
      const block = this.#memory.get(`${object.id}/${index}`);
      if (!block) return undefined;
      blocks.push(block);
    }
    this.counts.hits++;
    this.counts.bytesUsed += range.end - range.start;
    return blocks;
  }

  /** The bytes of `range` out of the blocks that it touches; a view where it touches one only. */
  #cut(blocks: Buffer[], range: ByteRange): Buffer {
    const [only] = blocks;
    const length = range.end - range.start;
    const skip = range.start % this.#source.blockBytes;
    if (only && blocks.length === 1) return only.subarray(skip, skip + length);
    const bytes = Buffer.allocUnsafeSlow(length);
    this.#copy(blocks, range, bytes);
    return bytes;
  }

  #copy(blocks: Buffer[], { start, end }: ByteRange, target: Buffer): void {
    let skip = start % this.#source.blockBytes;
    let at = 0;
    for (const block of blocks) {
      at += block.copy(target, at, skip, skip + end - start - at);
      skip = 0;
    }
  }

  async #gather(
    { queue, object }: OpenObject,
    range: ByteRange,
    priority: Priority,
    signal: AbortSignal | undefined,
  ): Promise<LoadedBlock[]> {
    const waiting: PendingBlock[] = [];
    const blocks = this.#indexes(range).map((index) => {
      const bytes = this.#memory.get(`${object.id}/${index}`);
      if (bytes) return Promise.resolve({ bytes, fromStore: false });
      const pending = queue.join(index, priority);
      waiting.push(pending);
      return pending.loaded;
    });
    try {
      return await unlessAborted(Promise.all(blocks), signal);
    } catch (error) {
      for (const block of waiting) queue.leave(block, error);
      throw error;
    }
  }

  #inBackground(work: Promise<void>): void {
    this.#background.add(work);
    void work.finally(() => this.#background.delete(work));
  }
}

/** Leaves what of `blocks` is still on its way when the signal is aborted. */
function leaveOnAbort(queue: BlockQueue, blocks: readonly PendingBlock[], signal: AbortSignal): void {
  if (blocks.length === 0) return;
  allowManyListeners(signal);
  const leave = (): void => {
    for (const block of blocks) queue.leave(block, signal.reason);
  };
  signal.addEventListener('abort', leave, { once: true });
  void Promise.allSettled(blocks.map(({ loaded }) => loaded)).then(() => {
    signal.removeEventListener('abort', leave);
  });
}

/** What `work` resolves to, or the signal's reason as soon as that aborts. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  allowManyListeners(signal);
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
