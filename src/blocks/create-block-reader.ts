import type { ObjectStore } from '../store/object-store.ts';
import type { BlockReader } from './block-reader.ts';
import { CachedBlockReader } from './cached-block-reader.ts';
import { DiskCache, type DiskCacheOptions } from './disk-cache.ts';

export interface BlockReaderOptions {
  /** Bytes of a block, the unit of caching; 64 KiB without it. */
  blockSize?: number | undefined;
  /** What may be kept in memory; 64 MiB without it: the engine is to stay under 512 MiB with all that it holds. */
  memoryBytes?: number | undefined;
  /** Not used for a local directory, which is its own cache. */
  diskCache?: DiskCacheOptions | undefined;
}

/** A block reader on `store`. Makes no request yet; the store stays the caller's to close, after the reader. */
export function createBlockReader(store: ObjectStore, options: BlockReaderOptions = {}): BlockReader {
  const { blockSize: blockBytes = 64 * 1024, memoryBytes = 64 * 1024 ** 2, diskCache } = options;
  const useDisk = diskCache && !store.url.startsWith('file:');
  const disk = useDisk ? new DiskCache(diskCache, blockBytes) : undefined;
  return new CachedBlockReader(store, { blockBytes, memoryBytes, disk });
}
