import type { ByteRange } from '../store/object-store.ts';

/** An immutable object to read: its key in the store, its size in bytes, and its version where known. */
export interface BlockObject {
  key: string;
  size: number;
  /** Without it the reader asks the store on first use and pins the version. */
  etag?: string | undefined;
}

/** What reading has cost, since the reader was made. */
export interface ReadCounts {
  /** GET requests sent to the store. */
  requests: number;
  /** Bytes that the store returned. */
  bytesFetched: number;
  /** Bytes handed to callers. */
  bytesUsed: number;
  /** Reads answered without a request, from memory or disk. */
  hits: number;
  /** Milliseconds that callers waited for the store (overlapping waits each count). */
  waitedMs: number;
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** `demand` (default) goes before `ahead`. */
  priority?: 'demand' | 'ahead' | undefined;
}

/**
 * Cached ranged reads of immutable objects: the one place where bytes are fetched for reading. Concurrent reads of one
 * block share one download; adjacent missing blocks are fetched by one request.
 */
export interface BlockReader {
  /**
   * Exactly the bytes of `range`. The buffer may be a view of a cached block: do not write to it.
   * Throws MongoqErrors of the store; storeChanged if the object is no longer the version first seen.
   */
  read(object: BlockObject, range: ByteRange, options?: ReadOptions): Promise<Buffer>;

  /** As `read`, but copies the bytes to the beginning of `target`, which has room for them. */
  readInto(target: Buffer, object: BlockObject, range: ByteRange, options?: ReadOptions): Promise<void>;

  /** The bytes if they are in memory now, else undefined; never waits. */
  peek(object: BlockObject, range: ByteRange): Buffer | undefined;

  /**
   * Starts fetching what is missing of `ranges`, without waiting; failures show at the read that needs the bytes. What nobody else waits
   * for is left when `signal` is aborted. Returns whether all of it is there or on its way: no more is fetched ahead at a
   * time than memory can hold, and the rest may be asked for again.
   */
  prefetch(object: BlockObject, ranges: ByteRange[], signal?: AbortSignal): boolean;

  readonly counts: Readonly<ReadCounts>;

  close(): Promise<void>;
}
