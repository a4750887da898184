import { readdir, stat, statfs, unlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { unfinishedSuffix } from './disk-header.ts';

/** Half-made files this old were left by a process that died. Milliseconds. */
const abandonedMs = 3600 * 1000;
/** Of the file system, always left to others. */
const freeShare = 0.05;
/** What stat's `blocks` counts in, whatever the file system. */
const sectorBytes = 512;

interface CacheFile {
  file: string;
  bytes: number;
  usedMs: number;
}

/**
 * Keeps a directory of sparse cache files below a size by removing those that were not used for longest. Several
 * processes may do so at once: each looks at what is really there.
 */
export class DiskSpace {
  readonly #directory: string;
  readonly #maxBytes: number;
  /** What may be written before the directory is looked at again. */
  #allowance = 0;
  #trimming: Promise<void> | undefined;

  constructor(directory: string, maxBytes: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** Whether `bytes` may be written now; makes room first where it must. */
  async reserve(bytes: number): Promise<boolean> {
    if (this.#allowance < bytes) {
      await (this.#trimming ??= this.#trim().finally(() => (this.#trimming = undefined)));
    }
    if (this.#allowance < bytes) return false;
    this.#allowance -= bytes;
    return true;
  }

  /** Notes that a file is in use, for the order of removal. */
  async markUsed(file: string): Promise<void> {
    const now = new Date();
    await utimes(file, now, now);
  }

  /** Removes one file. */
  async remove(file: string): Promise<void> {
    await unlink(file);
  }

  /** Removes the files used longest ago until a sixteenth of the size is free for what comes. */
  async #trim(): Promise<void> {
    const files = await this.#files();
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const { bavail, blocks, bsize } = await statfs(this.#directory);
    const limit = Math.min(this.#maxBytes, total + (bavail - blocks * freeShare) * bsize);
    const step = Math.floor(this.#maxBytes / 16);
    for (const { file, bytes } of files.sort((a, b) => a.usedMs - b.usedMs)) {
      if (total + step <= limit) break;
      await unlink(file).catch(() => undefined);
      total -= bytes;
    }
    this.#allowance = Math.max(0, Math.min(step, limit - total));
  }

  async #files(): Promise<CacheFile[]> {
    const files: CacheFile[] = [];
    for (const name of await readdir(this.#directory)) {
      const file = path.join(this.#directory, name);
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile()) continue;
      if (name.endsWith(unfinishedSuffix)) {
        if (Date.now() - found.mtimeMs > abandonedMs) await unlink(file).catch(() => undefined);
      } else if (name.endsWith('.blocks')) {
        files.push({ file, bytes: found.blocks * sectorBytes, usedMs: found.mtimeMs });
      }
    }
    return files;
  }
}
