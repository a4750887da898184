import { open, readdir, readFile, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { makeFolder } from '../base/make-folder.ts';
import { formatBytes } from '../base/format-bytes.ts';

/** The end of the names of files that are being written. */
export const temporarySuffix = '.mongoq-tmp';
/** Marks a directory whose restore has not ended. */
const marker = 'mongoq-restore.json';
const ownFiles = new Set(['mongod.lock', 'storage.bson', marker]);

/** A file found in the target, by its path relative to it. */
export interface FoundFile {
  path: string;
  size: number;
}

/** The directory that a backup is restored to. */
export class RestoreTarget {
  readonly directory: string;
  #made: string[] = [];
  #lockWasThere = true;
  #begun = false;

  constructor(directory: string) {
    this.directory = path.resolve(directory);
  }

  resolve(...parts: string[]): string {
    return path.join(this.directory, ...parts);
  }

  /** Makes the directory, and its `db`; throws operationTarget or operationSpace if that cannot be. */
  async make(): Promise<void> {
    this.#lockWasThere = await stat(this.resolve('mongod.lock')).then(
      () => true,
      () => false,
    );
    this.#made = await this.writing(() => makeFolder(this.resolve('db')));
  }

  /** Removes what `make` and the lock have left, which the caller holds, unless `begin` was called since. */
  async forget(): Promise<void> {
    if (this.#begun) return;
    const lock = this.resolve('mongod.lock');
    const { size } = await stat(lock).catch(() => ({ size: 0 }));
    // A mongod writes its process id there.
    if (!this.#lockWasThere && size === 0) await rm(lock, { force: true });
    for (const folder of this.#made.toReversed()) await rmdir(folder).catch(() => undefined);
  }

  /** Runs `work`, and says by operationSpace or operationTarget what the file system says. */
  async writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw fromFileSystem(error, this.directory);
    }
  }

  /** The files in `db`. */
  list(): Promise<FoundFile[]> {
    return this.#list('db');
  }

  /**
   * Makes sure that the directory holds nothing else than parts of this backup (`expected`: size by path) or of a restore
   * that did not end; `files` are those in `db`. Throws operationTarget if it does, unless `force`: what lies beside `db`
   * is then left alone.
   */
  async examine(files: FoundFile[], expected: ReadonlyMap<string, number>, force: boolean): Promise<void> {
    if (force) return;
    const beside = (await readdir(this.directory)).filter((name) => name !== 'db' && !ownFiles.has(name));
    const unfinished = await readFile(this.resolve(marker)).then(
      () => true,
      () => false,
    );
    const strange = unfinished
      ? []
      : files.filter((file) => !isPart(file, expected)).map((file) => file.path);
    const other = [...beside, ...strange];
    if (other.length === 0) return;
    throw new MongoqError(
      ErrorCode.operationTarget,
      `${this.directory} holds something else: ${other.slice(0, 5).join(', ')}${other.length > 5 ? ', ...' : ''}`,
      { hint: 'give an empty directory, or --force to replace the database there' },
    );
  }

  /** Says that what lies in `db` is an unfinished restore, until `finish`. */
  async begin(description: unknown): Promise<void> {
    this.#begun = true;
    await writeSynced(this.resolve(marker), Buffer.from(JSON.stringify(description)));
    await syncDirectory(this.directory);
  }

  /** Makes names and files durable, and takes the mark away. */
  async finish(folders: string[]): Promise<void> {
    for (const folder of folders) await syncDirectory(this.resolve(folder));
    await syncDirectory(this.directory);
    await rm(this.resolve(marker), { force: true });
    await syncDirectory(this.directory);
  }

  /** Throws operationSpace unless `bytes` more fit on the file system once `freed` bytes are removed. */
  async checkSpace(bytes: number, freed: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.directory);
    const available = bavail * bsize + freed;
    if (bytes <= available) return;
    throw new MongoqError(
      ErrorCode.operationSpace,
      `the backup needs ${formatBytes(bytes)} more in ${this.directory}, where ${formatBytes(available)} are free`,
    );
  }

  async #list(folder: string): Promise<FoundFile[]> {
    const found: FoundFile[] = [];
    for (const entry of await readdir(this.resolve(folder), { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) found.push(...(await this.#list(name)));
      else
        found.push({ path: name, size: (await stat(this.resolve(name)).catch(() => undefined))?.size ?? 0 });
    }
    return found;
  }
}

/** What the file system said about something in `directory`; other errors are returned as they are. */
export function fromFileSystem(error: unknown, directory: string): unknown {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined;
  if (code === undefined || error instanceof MongoqError) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new MongoqError(ErrorCode.operationSpace, `there is no space left in ${directory}`, {
      hint: 'free some, and run the command again: it goes on where it was',
      cause: error,
    });
  }
  const message = `${directory} cannot be written to: ${messageOf(error)}`;
  return new MongoqError(ErrorCode.operationTarget, message, { cause: error });
}

function isPart(file: FoundFile, expected: ReadonlyMap<string, number>): boolean {
  return expected.get(file.path) === file.size || file.path.endsWith(temporarySuffix);
}

/** Writes a file and makes its content durable. */
export async function writeSynced(file: string, content: Buffer): Promise<void> {
  await writeFile(file, content, { flush: true });
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
