import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { fileBecameShorter } from './directory-files.ts';
import { checkKey, compareKeys, foldersOf } from './keys.ts';
import type {
  GetOptions,
  ListOptions,
  ObjectInfo,
  ObjectStore,
  FileBody,
  PutBody,
  PutOptions,
} from './object-store.ts';
import { rangeWithin } from './range.ts';

interface Stored {
  bytes: Buffer;
  info: ObjectInfo;
}

/** A store in memory, with S3's semantics: for tests, and as the plain statement of the contract. */
export class MemoryStore implements ObjectStore {
  readonly url: string;
  readonly id: string;
  readonly roots: readonly string[];
  readonly #objects = new Map<string, Stored>();

  constructor(options: { url?: string; roots?: readonly string[] } = {}) {
    this.url = options.url ?? 'memory://test';
    this.id = this.url;
    this.roots = options.roots ?? [''];
  }

  async get(key: string, options: GetOptions = {}): Promise<Buffer> {
    return (await this.getWithInfo(key, options)).bytes;
  }

  async getWithInfo(key: string, options: GetOptions = {}): Promise<{ bytes: Buffer; info: ObjectInfo }> {
    const { bytes, info } = await this.#find(key, options.signal);
    if (options.ifMatch !== undefined && options.ifMatch !== info.etag) {
      throw new MongoqError(ErrorCode.storeChanged, `${this.url}/${key} changed while it was read`);
    }
    const range = rangeWithin(info, options.range, this.url);
    return { bytes: Buffer.from(bytes.subarray(range.start, range.end)), info };
  }

  async put(key: string, body: PutBody, options: PutOptions = {}): Promise<{ etag: string }> {
    checkKey(this.url, key);
    const bytes = Buffer.isBuffer(body) ? Buffer.from(body) : await contentOf(body);
    await Promise.resolve();
    options.signal?.throwIfAborted();
    const old = this.#objects.get(key);
    if (options.ifAbsent && old) {
      throw new MongoqError(ErrorCode.storeConflict, `${this.url}/${key} exists already`);
    }
    if (options.ifMatch !== undefined && old?.info.etag !== options.ifMatch) {
      throw new MongoqError(ErrorCode.storeConflict, `${this.url}/${key} was changed by somebody else`);
    }
    const etag = createHash('md5').update(bytes).digest('hex');
    this.#objects.set(key, { bytes, info: { key, size: bytes.length, etag, modified: new Date() } });
    if (!Buffer.isBuffer(body)) body.onProgress?.(bytes.length);
    return { etag };
  }

  async head(key: string, options: { signal?: AbortSignal | undefined } = {}): Promise<ObjectInfo> {
    return (await this.#find(key, options.signal)).info;
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    await Promise.resolve();
    const { startAfter, signal } = options;
    const keys = [...this.#objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .filter((key) => startAfter === undefined || compareKeys(key, startAfter) > 0)
      .sort(compareKeys);
    for (const key of keys) {
      signal?.throwIfAborted();
      const found = this.#objects.get(key);
      if (found) yield found.info;
    }
  }

  listFolders(prefix: string, options: ListOptions = {}): AsyncIterable<string> {
    return foldersOf(this.list(prefix, { signal: options.signal }), prefix, options.startAfter);
  }

  async delete(key: string, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    checkKey(this.url, key);
    await Promise.resolve();
    options.signal?.throwIfAborted();
    this.#objects.delete(key);
  }

  async close(): Promise<void> {
    // Holds nothing but memory.
  }

  async #find(key: string, signal: AbortSignal | undefined): Promise<Stored> {
    checkKey(this.url, key);
    await Promise.resolve();
    signal?.throwIfAborted();
    const found = this.#objects.get(key);
    if (!found) throw new MongoqError(ErrorCode.storeNotFound, `${this.url}/${key} does not exist`);
    return found;
  }
}

async function contentOf(body: FileBody): Promise<Buffer> {
  const bytes = await readFile(body.file);
  await body.md5;
  if (bytes.length < body.size) throw fileBecameShorter(body.file, body.size);
  return bytes.subarray(0, body.size);
}
