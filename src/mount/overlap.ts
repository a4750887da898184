import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { unavailable } from './available.ts';

/**
 * Throws mountUnavailable if a mountpoint lies in, or around, a directory that serving it reads or writes (the store,
 * the cache): the mount would then wait for itself.
 */
export async function refuseOverlap(mountpoint: string, directories: readonly string[]): Promise<void> {
  const mount = await resolved(mountpoint);
  for (const directory of directories) {
    const other = await resolved(directory);
    if (within(mount, other) || within(other, mount)) {
      throw unavailable(`the mountpoint ${mountpoint} overlaps ${directory}, which it reads from`);
    }
  }
}

function within(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return (
    relative === '' ||
    (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative))
  );
}

async function resolved(directory: string): Promise<string> {
  return realpath(directory).catch(() => path.resolve(directory));
}
