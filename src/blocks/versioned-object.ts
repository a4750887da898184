import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts';
import { BlockCutter } from './block-cutter.ts';
import type { LoadOptions } from './block-queue.ts';
import type { BlockObject, ReadCounts } from './block-reader.ts';
import type { CachedObject, DiskCache } from './disk-cache.ts';

/** What blocks of all objects have in common. */
export interface BlockSource {
  store: ObjectStore;
  blockBytes: number;
  disk: DiskCache | undefined;
  counts: ReadCounts;
  /** Takes a block that was loaded. */
  keep: (object: VersionedObject, index: number, bytes: Buffer) => void;
  /** Takes work that goes on in the background. */
  background: (work: Promise<void>) => void;
}

/**
 * One object, pinned to one version: the caller's, that of the disk cache, or the first that the store answers with.
 * Everything that is read of it is of that version.
 */
export class VersionedObject {
  /** Unique in its reader, for the keys of the memory cache. */
  readonly id: number;
  readonly key: string;
  readonly size: number;
  readonly #source: BlockSource;
  readonly #cached: CachedObject;
  #etag: string | undefined;
  #diskVersion: Promise<string | undefined> | undefined;

  constructor(source: BlockSource, object: BlockObject, id: number) {
    this.#source = source;
    this.id = id;
    this.key = object.key;
    this.size = object.size;
    this.#etag = object.etag;
    this.#cached = { store: source.store.id, key: object.key, size: object.size };
  }

  /** Throws storeChanged if a caller means another version or size than the one that is pinned. */
  expect(object: BlockObject): void {
    if (object.size !== this.size) throw this.#changed();
    this.#pin(object.etag);
  }

  /** Delivers adjacent blocks, from the disk cache and the store. */
  async load(first: number, count: number, options: LoadOptions): Promise<void> {
    const found = await this.#fromDisk(first, count);
    options.signal.throwIfAborted();
    const gaps: Promise<void>[] = [];
    for (let i = 0; i < count;) {
      const bytes = found[i];
      if (bytes) {
        this.#source.keep(this, first + i, bytes);
        options.deliver(first + i, { bytes, fromStore: false });
        i++;
        continue;
      }
      const from = i;
      while (i < count && !found[i]) i++;
      gaps.push(this.#fetch(first + from, i - from, options));
    }
    await Promise.all(gaps);
  }

  async #fromDisk(first: number, count: number): Promise<(Buffer | undefined)[]> {
    const { disk } = this.#source;
    if (!disk) return [];
    if (this.#etag === undefined) {
      // Objects of a backup do not change, so the version last seen is as good as a new look; should the store have
      // another by now, the first request says so (if-match), and nothing is mixed.
      this.#pin(await (this.#diskVersion ??= disk.versionOf(this.#cached)));
    }
    return this.#etag === undefined ? [] : disk.read(this.#cached, this.#etag, first, count);
  }

  async #fetch(first: number, count: number, options: LoadOptions): Promise<void> {
    const { store, blockBytes, counts, disk } = this.#source;
    const { signal, priority, deliver } = options;
    const range = { start: first * blockBytes, end: Math.min(this.size, (first + count) * blockBytes) };
    const blocks: Buffer[] = [];
    const cutter = new BlockCutter(range.end - range.start, blockBytes, (block) => {
      const index = first + blocks.length;
      blocks.push(block);
      this.#source.keep(this, index, block);
      deliver(index, { bytes: block, fromStore: true });
    });
    const onPart = (bytes: Buffer, info: ObjectInfo): void => {
      counts.bytesFetched += bytes.length;
      this.#check(info);
      cutter.add(bytes);
    };
    counts.requests++;
    const { bytes, info } = await store
      .getWithInfo(this.key, { signal, priority, range, ifMatch: this.#etag, onPart })
      .catch((error: unknown) => {
        if (disk && isMongoqError(error, ErrorCode.storeChanged)) {
          this.#source.background(disk.forget(this.#cached));
        }
        throw error;
      });
    onPart(bytes, info);
    if (disk) this.#source.background(disk.write(this.#cached, info.etag, first, blocks));
  }

  /** Pins the version of an answer. Throws storeDamaged if it is of an object of another size. */
  #check(info: ObjectInfo): void {
    this.#pin(info.etag);
    if (info.size === this.size) return;
    const { url } = this.#source.store;
    throw new MongoqError(
      ErrorCode.storeDamaged,
      `${url}/${this.key} has ${info.size} bytes instead of ${this.size}`,
      { hint: 'Run `mongoq verify` on the backup.' },
    );
  }

  #pin(etag: string | undefined): void {
    if (etag === undefined) return;
    this.#etag ??= etag;
    if (this.#etag !== etag) throw this.#changed();
  }

  #changed(): MongoqError {
    return new MongoqError(
      ErrorCode.storeChanged,
      `${this.#source.store.url}/${this.key} changed while it was read`,
    );
  }
}
