import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { mapParallel } from '../base/parallel.ts';
import type { FileEntry } from '../catalog/layout.ts';
import { partialChecksum } from '../catalog/partial-checksum.ts';
import type { PutBody } from '../store/object-store.ts';
import { md5Of } from './md5-of.ts';
import type { Md5Thread } from './md5-thread.ts';

/** A file of a checkpoint, ready to be stored. */
export interface CheckpointFile extends FileEntry {
  /**
   * Its content for the store, whose MD5 is `md5`; it is not there before that has resolved. `amongMany`: see FileBody.
   */
  body(
    md5: Buffer | Promise<Buffer>,
    options: { amongMany: boolean; onProgress: (bytes: number) => void },
  ): PutBody;
  /** The MD5 (16 bytes) of its content, computed by `md5s` where that is given. */
  md5(signal: AbortSignal, md5s?: Md5Thread): Promise<Buffer>;
}

/** A RocksDB checkpoint on disk that stands still until it is removed. */
export interface Checkpoint {
  /** mongod's dbPath, as the metadata records it. */
  dbPath: string;
  /** When it was taken: nanoseconds since the Unix epoch. */
  time: bigint;
  files: CheckpointFile[];
  remove(): Promise<void>;
}

/** Something that checkpoints can be taken of; `take` throws operationMongod, or operationTarget when it is in use. */
export interface CheckpointSource {
  /** Throws operationMongod where no checkpoint can be taken, before anything is changed anywhere. */
  check?(): Promise<void>;
  take(signal: AbortSignal): Promise<Checkpoint>;
}

/** The files of a checkpoint's directory, sorted by name, with their partial checksums. Folders in it are not files. */
export async function readCheckpoint(directory: string, signal?: AbortSignal): Promise<CheckpointFile[]> {
  const names = (await readdir(directory)).sort();
  const files = await mapParallel(names, 16, (name) => describeFile(path.join(directory, name)), signal);
  return files.filter((file) => file !== undefined);
}

async function describeFile(file: string): Promise<CheckpointFile | undefined> {
  const info = await stat(file);
  if (!info.isFile()) return undefined;
  return {
    name: path.basename(file),
    size: info.size,
    checksum: await partialChecksumOf(file, info.size),
    body: (md5, options) => ({ file, size: info.size, md5, ...options }),
    md5: (signal, md5s) => (md5s ? md5s.md5Of(file, info.size, signal) : md5Of(file, signal)),
  };
}

/** The partial checksum of a local file of `size` bytes. */
export async function partialChecksumOf(file: string, size: number): Promise<string> {
  const handle = await open(file);
  try {
    return await partialChecksum(size, async ({ start, end }) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
      return buffer.subarray(0, bytesRead);
    });
  } finally {
    await handle.close();
  }
}
