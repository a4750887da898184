import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { loadFuse } from './fuse.ts';

/** The one command that installs what a mount needs, on Debian and its kin. */
const install = 'apt-get install fuse3 libfuse2';

/**
 * What keeps this user from mounting, as the error mountUnavailable with a hint; undefined if nothing is missing. Looks
 * only, mounts nothing: a container may still forbid it.
 */
export async function whyNoMount(): Promise<MongoqError | undefined> {
  if (process.platform !== 'linux') return unavailable('mounts work on Linux only');
  try {
    await access('/dev/fuse', constants.R_OK | constants.W_OK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      return unavailable('this user may not open /dev/fuse', 'run as root: chmod 666 /dev/fuse');
    }
    return unavailable(
      'the system has no /dev/fuse',
      'run as root: modprobe fuse (or start the container with --device /dev/fuse --cap-add SYS_ADMIN)',
    );
  }
  if (process.getuid?.() !== 0 && !(await onPath('fusermount3')) && !(await onPath('fusermount'))) {
    return unavailable('fusermount is not installed', `run as root: ${install}`);
  }
  try {
    await loadFuse();
  } catch (error) {
    return unavailable(`the FUSE library cannot be loaded (${messageOf(error)})`, `run as root: ${install}`);
  }
  return undefined;
}

/** The error for a mount that cannot be had, with what else works. */
export function unavailable(what: string, how?: string): MongoqError {
  const otherwise = '--engine builtin and --download work without a mount';
  return new MongoqError(ErrorCode.mountUnavailable, what, {
    hint: how === undefined ? otherwise : `${how}; ${otherwise}`,
  });
}

async function onPath(program: string): Promise<boolean> {
  for (const directory of (process.env['PATH'] ?? '').split(path.delimiter)) {
    try {
      await access(path.join(directory, program), constants.X_OK);
      return true;
    } catch {
      continue;
    }
  }
  return false;
}
