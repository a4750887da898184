import { open } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/** Tries to write at the mount. Throws mountWritable unless the kernel says that the file system is read-only. */
export async function probeReadOnly(mountpoint: string): Promise<void> {
  try {
    const file = await open(path.join(mountpoint, '.mongoq-probe'), 'w');
    await file.close();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EROFS') return;
    throw writable(mountpoint, error);
  }
  throw writable(mountpoint, undefined);
}

function writable(mountpoint: string, cause: unknown): MongoqError {
  return new MongoqError(ErrorCode.mountWritable, `the mount at ${mountpoint} is not read-only`, { cause });
}
