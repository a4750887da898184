import type { BlockObject, BlockReader, ReadCounts, ReadOptions } from '../../src/blocks/block-reader.ts';
import type { ByteRange, ObjectStore } from '../../src/store/object-store.ts';

/** Reads straight from a store, without any cache: for tests of what reads through blocks. */
export class StoreReader implements BlockReader {
  readonly counts: ReadCounts = { requests: 0, bytesFetched: 0, bytesUsed: 0, hits: 0, waitedMs: 0 };
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async read(object: BlockObject, range: ByteRange, options: ReadOptions = {}): Promise<Buffer> {
    const body = await this.#store.get(object.key, { range, signal: options.signal });
    this.counts.requests++;
    this.counts.bytesFetched += body.length;
    this.counts.bytesUsed += body.length;
    return body;
  }

  peek(): undefined {
    return undefined;
  }

  prefetch(): void {
    // Without a cache there is nowhere to put it.
  }

  async close(): Promise<void> {
    await this.#store.close();
  }
}
