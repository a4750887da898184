import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/** A lock on a file, held until it is released or this process ends. */
export interface FileLock {
  release(): Promise<void>;
}

/**
 * Takes an flock(2) lock on `file`, as mongod does on its mongod.lock, creating the file if need be. Node cannot call
 * flock itself, so util-linux's `flock` holds the lock for as long as its standard input, a pipe from here, is open.
 * Where that program is missing, a file with something in it (a running mongod's process id) counts as locked.
 * Throws operationTarget if somebody else holds the lock.
 */
export async function lockFile(file: string): Promise<FileLock> {
  const child = execa('flock', ['-n', file, 'sh', '-c', 'echo locked && exec cat'], {
    detached: true,
    reject: false,
    stdin: 'pipe',
  });
  const first = await Promise.race([child.then((result) => result), firstOutput(child.stdout)]);
  if (first === 'locked') {
    return {
      release: async () => {
        child.stdin.end();
        await child;
      },
    };
  }
  if (first.code === 'ENOENT') return lockByContent(file);
  const why = first.stderr === '' ? 'somebody holds its lock, such as a running mongod' : first.stderr;
  throw new MongoqError(ErrorCode.operationTarget, `${file} is in use: ${why}`);
}

function firstOutput(stream: NodeJS.ReadableStream): Promise<'locked'> {
  return new Promise((resolve) => stream.once('data', () => resolve('locked')));
}

async function lockByContent(file: string): Promise<FileLock> {
  const content = await readFile(file, 'utf8').catch(() => '');
  if (content.trim() !== '')
    throw new MongoqError(
      ErrorCode.operationTarget,
      `${file} is in use by process ${content.trim()}, or was`,
      {
        hint: 'install flock (util-linux) to find out, or remove the file if no mongod is running there',
      },
    );
  return { release: () => Promise.resolve() };
}
