import { open, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { makeFolder } from '../base/make-folder.ts';

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

  constructor(directory: string) {
    this.directory = path.resolve(directory);
  }

  resolve(...parts: string[]): string {
    return path.join(this.directory, ...parts);
  }

  /** Makes the directory, and its `db`; throws operationTarget if that cannot be. */
  async make(): Promise<void> {
    try {
      await makeFolder(this.resolve('db'));
    } catch (error) {
      throw new MongoqError(ErrorCode.operationTarget, `${this.directory} cannot be written to`, {
        cause: error,
      });
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
      `the backup needs ${bytes} more bytes in ${this.directory}, where ${available} are free`,
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
