import type { BigIntStats } from 'node:fs';
import { link, open, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import { makeFolder } from '../base/make-folder.ts';
import { BrokenBody } from './broken-body.ts';
import {
  fromErrno,
  isOwnFile,
  lockFor,
  removeAbandoned,
  sortedEntries,
  syncFolder,
  temporaryFor,
  writeSynced,
} from './directory-files.ts';
import { withLockFile } from './directory-lock.ts';
import { checkKey, compareKeys, foldersOf } from './keys.ts';
import type {
  GetOptions,
  ListOptions,
  ObjectInfo,
  ObjectStore,
  PutBody,
  PutOptions,
} from './object-store.ts';
import { rangeWithin } from './range.ts';

interface SignalOption {
  signal?: AbortSignal | undefined;
}

/** Bytes that are read by one call; Node takes fewer than 2 GiB. */
const mostAtOnce = 1 << 30;

/**
 * A local directory as a store: a key is a path below it. Objects appear by rename(2) after fsync; half-written ones
 * and locks have names that no listing shows.
 */
export class DirectoryStore implements ObjectStore {
  readonly url: string;
  readonly id: string;
  readonly roots: readonly string[] = [''];
  readonly #directory: string;
  /** Folders that were written to. */
  readonly #prepared = new Set<string>();

  constructor(directory: string) {
    this.#directory = path.resolve(directory);
    this.url = pathToFileURL(this.#directory).href;
    this.id = this.url;
  }

  async get(key: string, options: GetOptions = {}): Promise<Buffer> {
    return (await this.getWithInfo(key, options)).bytes;
  }

  getWithInfo(key: string, options: GetOptions = {}): Promise<{ bytes: Buffer; info: ObjectInfo }> {
    return this.#on(key, options.signal, async (file, name) => {
      const handle = await open(file, 'r');
      try {
        const info = infoOf(key, await handle.stat({ bigint: true }), name);
        if (options.ifMatch !== undefined && options.ifMatch !== info.etag) {
          throw new MongoqError(ErrorCode.storeChanged, `${name} changed while it was read`);
        }
        const { start, end } = rangeWithin(info, options.range, this.url);
        const bytes = Buffer.allocUnsafeSlow(end - start);
        for (let done = 0; done < bytes.length;) {
          options.signal?.throwIfAborted();
          const length = Math.min(mostAtOnce, bytes.length - done);
          const { bytesRead } = await handle.read(bytes, done, length, start + done);
          if (bytesRead === 0) {
            throw new BrokenBody(`${name} became shorter while it was read`, bytes.subarray(0, done), info);
          }
          done += bytesRead;
        }
        return { bytes, info };
      } finally {
        await handle.close();
      }
    });
  }

  put(key: string, body: PutBody, options: PutOptions = {}): Promise<{ etag: string }> {
    let told = 0;
    const onProgress = (bytes: number): void => {
      told += bytes;
      if (!Buffer.isBuffer(body)) body.onProgress?.(bytes);
    };
    const content = Buffer.isBuffer(body) ? body : { ...body, onProgress };
    return this.#on(key, options.signal, (file, name) => this.#write(file, name, content, options)).catch(
      (error: unknown) => {
        if (told > 0) onProgress(-told);
        throw error;
      },
    );
  }

  head(key: string, options: SignalOption = {}): Promise<ObjectInfo> {
    return this.#on(key, options.signal, async (file, name) =>
      infoOf(key, await stat(file, { bigint: true }), name),
    );
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    const { startAfter, signal } = options;
    // Only the folder named by the prefix can hold such keys.
    const top = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for await (const key of this.#keysBelow(top, prefix, startAfter, signal)) {
      try {
        yield await this.head(key, { signal });
      } catch (error) {
        // Deleted since its folder was read.
        if (!isMongoqError(error, ErrorCode.storeNotFound)) throw error;
      }
    }
  }

  async *listFolders(prefix: string, options: ListOptions = {}): AsyncGenerator<string> {
    const top = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for (const { name, isFolder } of await this.#entries(top, options.signal)) {
      const folder = `${top}${name}/`;
      if (!isFolder || !folder.startsWith(prefix)) continue;
      if (options.startAfter !== undefined && compareKeys(folder, options.startAfter) <= 0) continue;
      // A folder without an object below it is none: S3 would not know it.
      for await (const found of foldersOf(keyed(this.#keysBelow(folder, folder)), top, undefined)) {
        yield found;
        break;
      }
    }
  }

  delete(key: string, options: SignalOption = {}): Promise<void> {
    return this.#on(key, options.signal, async (file) => {
      try {
        await withLockFile(lockFor(file), () => unlink(file), options.signal);
        await syncFolder(path.dirname(file));
      } catch (error) {
        if (!isMongoqError(fromErrno(error, key), ErrorCode.storeNotFound)) throw error;
      }
    });
  }

  async close(): Promise<void> {
    // Holds no handle between calls.
  }

  /** Runs `work` on the path of `key`, with errno exceptions turned into MongoqErrors. */
  async #on<T>(
    key: string,
    signal: AbortSignal | undefined,
    work: (file: string, name: string) => Promise<T>,
  ): Promise<T> {
    const name = `${this.url}/${key}`;
    signal?.throwIfAborted();
    checkKey(this.url, key);
    const parts = key.split('/');
    if (parts.includes('') || parts.some(isOwnFile)) {
      throw new MongoqError(ErrorCode.storeNotFound, `${JSON.stringify(key)} cannot be a key in ${this.url}`);
    }
    try {
      return await work(path.join(this.#directory, ...parts), name);
    } catch (error) {
      throw fromErrno(error, name);
    }
  }

  async *#keysBelow(
    folder: string,
    prefix: string,
    startAfter?: string,
    signal?: AbortSignal,
  ): AsyncGenerator<string> {
    for (const { name, isFolder } of await this.#entries(folder, signal)) {
      signal?.throwIfAborted();
      const key = `${folder}${name}`;
      if (isFolder) {
        const below = `${key}/`;
        const outside = !below.startsWith(prefix) && !prefix.startsWith(below);
        const before =
          startAfter !== undefined && !startAfter.startsWith(below) && compareKeys(below, startAfter) < 0;
        if (!outside && !before) yield* this.#keysBelow(below, prefix, startAfter, signal);
      } else if (key.startsWith(prefix) && (startAfter === undefined || compareKeys(key, startAfter) > 0)) {
        yield key;
      }
    }
  }

  async #entries(folder: string, signal?: AbortSignal): Promise<{ name: string; isFolder: boolean }[]> {
    signal?.throwIfAborted();
    const parts = folder.split('/').slice(0, -1);
    if (parts.some((part) => part === '' || part === '.' || part === '..')) return [];
    try {
      return await sortedEntries(path.join(this.#directory, ...parts));
    } catch (error) {
      const failure = fromErrno(error, `${this.url}/${folder}`);
      if (isMongoqError(failure, ErrorCode.storeNotFound)) return [];
      throw failure;
    }
  }

  async #write(
    file: string,
    name: string,
    body: PutBody,
    { ifAbsent, ifMatch, signal }: PutOptions,
  ): Promise<{ etag: string }> {
    const folder = path.dirname(file);
    await this.#prepare(folder);
    const temporary = temporaryFor(file);
    await writeSynced(temporary, body, signal);
    try {
      if (!Buffer.isBuffer(body)) await body.md5;
      signal?.throwIfAborted();
      // Neither rename nor link changes it, and afterwards another writer's file may be there.
      const { etag } = infoOf(file, await stat(temporary, { bigint: true }), name);
      if (ifAbsent) await linkAsNew(temporary, file, name);
      else await withLockFile(lockFor(file), () => replace(temporary, file, name, ifMatch), signal);
      await syncFolder(folder);
      return { etag };
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  async #prepare(folder: string): Promise<void> {
    await makeFolder(folder);
    if (this.#prepared.has(folder)) return;
    this.#prepared.add(folder);
    // It may be new, and so may those above it.
    for (let made = folder; made !== this.#directory; made = path.dirname(made))
      await syncFolder(path.dirname(made));
    await removeAbandoned(folder);
  }
}

/** The version is size, time of writing and inode: a rewrite changes at least one of them. */
function infoOf(key: string, found: BigIntStats, name: string): ObjectInfo {
  if (!found.isFile()) throw new MongoqError(ErrorCode.storeNotFound, `${name} is not a file`);
  const etag = [found.size, found.mtimeNs, found.ino].map((part) => part.toString(36)).join('-');
  return { key, size: Number(found.size), etag, modified: found.mtime };
}

async function linkAsNew(temporary: string, file: string, name: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new MongoqError(ErrorCode.storeConflict, `${name} exists already`, { cause: error });
  }
}

async function replace(
  temporary: string,
  file: string,
  name: string,
  ifMatch: string | undefined,
): Promise<void> {
  if (ifMatch !== undefined) {
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    if (!found || infoOf(name, found, name).etag !== ifMatch) {
      throw new MongoqError(ErrorCode.storeConflict, `${name} was changed by somebody else`);
    }
  }
  await rename(temporary, file);
}

async function* keyed(keys: AsyncIterable<string>): AsyncGenerator<{ key: string }> {
  for await (const key of keys) yield { key };
}
