import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
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
  const child = spawn('flock', ['-n', file, 'sh', '-c', 'echo locked && exec cat'], { detached: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  // It may have ended already; whether it did is told by its output and its exit.
  child.stdin.on('error', () => undefined);
  const closed = once(child, 'close').then(
    () => 'refused' as const,
    (error: unknown) => error as NodeJS.ErrnoException,
  );
  const first = await Promise.race([once(child.stdout, 'data').then(() => 'locked' as const), closed]);
  if (first === 'locked') {
    return {
      release: async () => {
        child.stdin.end();
        await closed;
      },
    };
  }
  if (first !== 'refused' && first.code === 'ENOENT') return lockByContent(file);
  const failure = first === 'refused' ? said.trim() : first.message;
  const why = failure === '' ? 'somebody holds its lock, such as a running mongod' : failure;
  throw new MongoqError(ErrorCode.operationTarget, `${file} is in use: ${why}`);
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
