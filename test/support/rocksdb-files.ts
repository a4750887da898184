import { readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { MongoqError } from '../../src/base/errors.ts';
import { missing, type DatabaseFiles, type FileRange } from '../../src/rocksdb/files.ts';

/** The files of a database in memory. Ranges beyond a file's end are errors, as with a store. */
export function memoryFiles(contents: ReadonlyMap<string, Buffer>): DatabaseFiles {
  const sizes = new Map([...contents].map(([name, content]) => [name, content.length]));
  const files: DatabaseFiles = {
    list: () => sizes,
    describe: (name) => name,
    read(name, { start, end }, { signal } = {}) {
      signal?.throwIfAborted();
      const content = contents.get(name);
      if (!content) return Promise.reject(missing(files, name));
      if (start < 0 || end > content.length || start > end) {
        const problem = `${name} has no bytes ${start} to ${end}`;
        return Promise.reject(new MongoqError(ErrorCode.storeDamaged, problem));
      }
      return Promise.resolve(content.subarray(start, end));
    },
    // Everything is here.
    prefetch: () => true,
  };
  return files;
}

/** The files of a database in a local folder, read as they are needed. */
export function directoryFiles(directory: string): DatabaseFiles {
  const sizes = new Map(
    readdirSync(directory).map((name) => [name, statSync(path.join(directory, name)).size]),
  );
  return {
    list: () => sizes,
    describe: (name) => path.join(directory, name),
    async read(name, { start, end }) {
      const handle = await open(path.join(directory, name));
      try {
        const buffer = Buffer.alloc(end - start);
        const { bytesRead } = await handle.read(buffer, 0, end - start, start);
        if (bytesRead !== end - start) throw new Error(`${name} ended at ${start + bytesRead}`);
        return buffer;
      } finally {
        await handle.close();
      }
    },
    // The system reads ahead by itself.
    prefetch: () => true,
  };
}

/** `files` that record what is asked of them, and answer in a later turn of the event loop. */
export function recordingFiles(files: DatabaseFiles): DatabaseFiles & {
  reads: { name: string; range: FileRange }[];
  prefetches: { name: string; range: FileRange }[];
  /** How many times reads were waited for when none was under way: round trips. */
  waves: number;
} {
  let running = 0;
  const recording = {
    reads: [] as { name: string; range: FileRange }[],
    prefetches: [] as { name: string; range: FileRange }[],
    waves: 0,
    list: () => files.list(),
    describe: (name: string) => files.describe(name),
    async read(name: string, range: FileRange): Promise<Buffer> {
      recording.reads.push({ name, range });
      if (running++ === 0) recording.waves++;
      try {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return await files.read(name, range);
      } finally {
        running--;
      }
    },
    prefetch(name: string, ranges: FileRange[]): boolean {
      for (const range of ranges) recording.prefetches.push({ name, range });
      return files.prefetch(name, ranges);
    },
  };
  return recording;
}
