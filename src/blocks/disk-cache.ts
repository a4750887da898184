import { hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../base/make-folder.ts';
import { DiskSpace } from './disk-space.ts';
import { DiskHeader, headerBytes } from './disk-header.ts';

export interface DiskCacheOptions {
  /** Made if it is not there; only this user may read it. */
  directory: string;
  /** 2 GiB without it. */
  maxBytes?: number | undefined;
}

/** What tells one cached object from another: the store's id, the key, and the size. */
export interface CachedObject {
  store: string;
  key: string;
  size: number;
}

const checksumBytes = 32;

/**
 * Blocks of objects on disk, shared by all sessions of a user.
 *
 * A sparse file for each object: a header that names the object and its version, then a slot for each block: the
 * SHA-256 of identity, version, block number and content, then the content. A slot is valid if its checksum is right,
 * so it needs no order of writes: a process killed in the middle of one, a hole, a file of another version or a disk
 * that lies are all misses. Two processes that write one slot write the same bytes. The cache never fails: what cannot
 * be read or written is a miss.
 */
export class DiskCache {
  readonly #directory: string;
  readonly #blockBytes: number;
  readonly #space: DiskSpace;
  #ready: Promise<boolean> | undefined;

  constructor(options: DiskCacheOptions, blockBytes: number) {
    this.#directory = options.directory;
    this.#blockBytes = blockBytes;
    this.#space = new DiskSpace(options.directory, options.maxBytes ?? 2 * 1024 ** 3);
  }

  /** The version of the object that was last cached, or undefined. */
  async versionOf(object: CachedObject): Promise<string | undefined> {
    return this.#quietly(async () => {
      const handle = await open(this.#fileOf(object), 'r');
      try {
        const etag = this.#headerOf(object).read(await readAt(handle, 0, headerBytes));
        // What lies where nobody may write can be read all the same.
        if (etag !== undefined) await this.#quietly(() => this.#space.markUsed(this.#fileOf(object)));
        return etag;
      } finally {
        await handle.close();
      }
    });
  }

  /** The blocks from `first` on that are cached; undefined for one that is not. */
  async read(
    object: CachedObject,
    etag: string,
    first: number,
    count: number,
  ): Promise<(Buffer | undefined)[]> {
    const slots = await this.#quietly(async () => {
      const handle = await open(this.#fileOf(object), 'r');
      try {
        const start = this.#slotStart(first);
        return await readAt(handle, start, this.#slotStart(first + count) - start);
      } finally {
        await handle.close();
      }
    });
    return Array.from({ length: count }, (_, i) =>
      slots === undefined ? undefined : this.#checked(object, etag, first + i, slots, i),
    );
  }

  /** Keeps blocks from `first` on; each is as long as the cache's blocks, but for the object's last. */
  async write(object: CachedObject, etag: string, first: number, blocks: readonly Buffer[]): Promise<void> {
    const slots = Buffer.concat(
      blocks.flatMap((block, i) => [this.#checksum(object, etag, first + i, block), block]),
    );
    await this.#quietly(async () => {
      if (!(await this.#prepare()) || !(await this.#space.reserve(slots.length))) return;
      const handle = await this.#openForWriting(object, etag);
      try {
        await handle.write(slots, 0, slots.length, this.#slotStart(first));
      } finally {
        await handle.close();
      }
    });
  }

  /** Forgets an object, whose version in the store is no longer the cached one. */
  async forget(object: CachedObject): Promise<void> {
    await this.#quietly(() => this.#space.remove(this.#fileOf(object)));
  }

  #prepare(): Promise<boolean> {
    return (this.#ready ??= makeFolder(this.#directory, 0o700).then(
      () => true,
      () => false,
    ));
  }

  async #openForWriting(object: CachedObject, etag: string): Promise<FileHandle> {
    const file = this.#fileOf(object);
    const header = this.#headerOf(object);
    const handle = await open(file, 'r+').catch(() => undefined);
    if (handle) {
      const found = await readAt(handle, 0, headerBytes).then((bytes) => header.read(bytes));
      if (found === etag) return handle;
      await handle.close();
    }
    await header.create(file, etag, handle !== undefined);
    return open(file, 'r+');
  }

  #fileOf(object: CachedObject): string {
    return path.join(this.#directory, `${hash('sha256', this.#identity(object))}.blocks`);
  }

  #headerOf(object: CachedObject): DiskHeader {
    return new DiskHeader(this.#identity(object));
  }

  #identity({ store, key, size }: CachedObject): string {
    return JSON.stringify(['mongoq blocks 1', store, key, size, this.#blockBytes]);
  }

  #slotStart(index: number): number {
    return headerBytes + index * (checksumBytes + this.#blockBytes);
  }

  #checked(
    object: CachedObject,
    etag: string,
    index: number,
    slots: Buffer,
    slot: number,
  ): Buffer | undefined {
    const start = slot * (checksumBytes + this.#blockBytes);
    const length = Math.min(this.#blockBytes, object.size - index * this.#blockBytes);
    const content = slots.subarray(start + checksumBytes, start + checksumBytes + length);
    if (content.length < length) return undefined;
    const right = this.#checksum(object, etag, index, content).equals(
      slots.subarray(start, start + checksumBytes),
    );
    // A copy, so that one block kept in memory does not keep all that were read with it.
    return right ? Buffer.from(content) : undefined;
  }

  #checksum(object: CachedObject, etag: string, index: number, content: Buffer): Buffer {
    const content256 = hash('sha256', content, 'hex');
    return hash('sha256', JSON.stringify([this.#identity(object), etag, index, content256]), 'buffer');
  }

  async #quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch {
      return undefined;
    }
  }
}

/** The bytes from `start` on, fewer at the end of the file. */
async function readAt(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, start);
  return bytes.subarray(0, bytesRead);
}
