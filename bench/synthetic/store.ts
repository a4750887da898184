import { createHash } from 'node:crypto';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { MongoqError } from '../../src/base/errors.ts';
import { dataKey, metadataKey, statsKey } from '../../src/catalog/layout.ts';
import { writeMetadata, writeStats } from '../../src/catalog/metadata.ts';
import { compareKeys, foldersOf } from '../../src/store/keys.ts';
import type { GetOptions, ListOptions, ObjectInfo, ObjectStore } from '../../src/store/object-store.ts';
import { rangeWithin } from '../../src/store/range.ts';
import { buildReplica, type ReplicaShape } from './replica.ts';

interface Computed {
  size: number;
  read(start: number, end: number): Buffer;
}

/** When the first backup was made, and how long after it the second, in nanoseconds. */
const time = 1_700_000_000_000_000_000n;
const dayNs = 86_400_000_000_000n;

/** A replica of 640 GB: 10,000 SSTs of 64 MiB. */
export const largeShape: ReplicaShape = { tables: 10_000, tableBytes: 64 << 20 };

/** A store, only to be read, of one replica `huge` with two backups `1` and `2` of the same SSTs; its objects are computed when they are read. */
export class SyntheticStore implements ObjectStore {
  readonly url = 's3://synthetic';
  readonly id = 'synthetic';
  readonly roots = [''];
  /** Documents in its collection (documents.ts). */
  readonly documents: number;
  /** Bytes of all SSTs. */
  readonly bytes: number;
  readonly #objects = new Map<string, Computed>();
  readonly #keys: string[];

  constructor(shape: ReplicaShape = largeShape, replica = 'huge') {
    const { tables, others, documents } = buildReplica(shape);
    for (const [i, id] of ['1', '2'].entries()) {
      const files = [...tables, ...others(5 + i)];
      const ref = { replica, id, time: time + BigInt(i) * dayNs };
      for (const file of files) this.#objects.set(dataKey(replica, file), file);
      const metadata = { files, sourceId: replica, id, path: '/data/db', tags: null, time: ref.time };
      this.#add(metadataKey(ref), writeMetadata(metadata));
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      const count = { files: files.length, newFiles: files.length };
      this.#add(statsKey(ref), writeStats({ ...count, bytes, newBytes: bytes, duration: 1e9 }));
    }
    this.documents = documents;
    this.bytes = tables.reduce((sum, { size }) => sum + size, 0);
    this.#keys = [...this.#objects.keys()].sort(compareKeys);
  }

  async get(key: string, options?: GetOptions): Promise<Buffer> {
    return (await this.getWithInfo(key, options)).bytes;
  }

  async getWithInfo(key: string, options: GetOptions = {}): Promise<{ bytes: Buffer; info: ObjectInfo }> {
    const info = await this.head(key, options);
    const { start, end } = rangeWithin(info, options.range, this.url);
    return { bytes: this.#objects.get(key)?.read(start, end) ?? Buffer.alloc(0), info };
  }

  async head(key: string, options: { signal?: AbortSignal | undefined } = {}): Promise<ObjectInfo> {
    await Promise.resolve();
    options.signal?.throwIfAborted();
    const object = this.#objects.get(key);
    if (!object) throw new MongoqError(ErrorCode.storeNotFound, `${this.url}/${key} does not exist`);
    return this.#info(key, object);
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    await Promise.resolve();
    for (const key of this.#keys) {
      options.signal?.throwIfAborted();
      const object = this.#objects.get(key);
      const wanted = options.startAfter === undefined || compareKeys(key, options.startAfter) > 0;
      if (object && wanted && key.startsWith(prefix)) yield this.#info(key, object);
    }
  }

  async *listFolders(prefix: string, options: ListOptions = {}): AsyncGenerator<string> {
    yield* foldersOf(this.list(prefix, { signal: options.signal }), prefix, options.startAfter);
  }

  put(key: string): Promise<never> {
    return Promise.reject(readOnly(key));
  }

  delete(key: string): Promise<never> {
    return Promise.reject(readOnly(key));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #info(key: string, { size }: Computed): ObjectInfo {
    const etag = createHash('md5').update(key).digest('hex');
    return { key, size, etag, modified: new Date(Number(time / 1_000_000n)) };
  }

  #add(key: string, bytes: Buffer): void {
    this.#objects.set(key, { size: bytes.length, read: (start, end) => bytes.subarray(start, end) });
  }
}

function readOnly(key: string): MongoqError {
  return new MongoqError(ErrorCode.storeDenied, `${key} cannot be written: the store is computed`);
}
