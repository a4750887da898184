import { createHash } from 'node:crypto';
import type { CachedObject } from '../../src/blocks/disk-cache.ts';

export const blockBytes = 4096;
export const blockCount = 50;

/** The objects that cache-writer.ts writes. */
export function objectOf(n: number): CachedObject {
  return { store: 's3://bucket', key: `R/${n}.sst`, size: blockBytes * blockCount };
}

/** What a block of an object holds in a version. */
export function contentOf(n: number, version: string, index: number): Buffer {
  const seed = createHash('sha256').update(`${n} ${version} ${index}`).digest();
  return Buffer.alloc(blockBytes, seed);
}
