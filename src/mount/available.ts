import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { loadFuse } from './fuse.ts';

/** The one command that installs what a mount needs, on Debian and its kin. */
const install = 'apt-get install fuse3 libfuse2';

/** What mounting depends on besides installed programs; replaced in tests. */
export interface MountSurroundings {
  device: string;
  uid: number | undefined;
  /** Where Linux tells what this process may do: proc(5), "status". */
  status: string;
}

const here: MountSurroundings = {
  device: '/dev/fuse',
  uid: process.getuid?.(),
  status: '/proc/self/status',
};

/**
 * What keeps this user from mounting, as the error mountUnavailable with a hint; undefined if nothing is missing. Looks
 * only, mounts nothing: a security module may still forbid it.
 */
export async function whyNoMount({ device, uid, status } = here): Promise<MongoqError | undefined> {
  if (process.platform !== 'linux') return unavailable('mounts work on Linux only');
  try {
    await access(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      return unavailable('this user may not open /dev/fuse', 'run as root: chmod 666 /dev/fuse');
    }
    return unavailable(
      'the system has no /dev/fuse',
      'run as root: modprobe fuse (or start the container with --device /dev/fuse --cap-add SYS_ADMIN)',
    );
  }
  const forbidden = whyForbidden(await readFile(status, 'utf8').catch(() => ''), uid);
  if (forbidden) return forbidden;
  if (uid !== 0 && !(await onPath('fusermount3')) && !(await onPath('fusermount'))) {
    return unavailable('fusermount is not installed', `run as root: ${install}`);
  }
  try {
    await loadFuse();
  } catch (error) {
    return unavailable(`the FUSE library cannot be loaded (${messageOf(error)})`, `run as root: ${install}`);
  }
  return undefined;
}

/** capabilities(7): the right to mount is CAP_SYS_ADMIN, which fusermount gets as a setuid program. */
const sysAdmin = 21n;

function whyForbidden(status: string, uid: number | undefined): MongoqError | undefined {
  const [, rights] =
    new RegExp(`^${uid === 0 ? 'CapEff' : 'CapBnd'}:\\s*([0-9a-f]+)$`, 'm').exec(status) ?? [];
  if (rights !== undefined && ((BigInt(`0x${rights}`) >> sysAdmin) & 1n) === 0n) {
    return unavailable(
      'mounting is forbidden here: this process lacks CAP_SYS_ADMIN',
      'start the container with --device /dev/fuse --cap-add SYS_ADMIN',
    );
  }
  if (uid === 0 || !/^NoNewPrivs:\s*1$/m.test(status)) return undefined;
  return unavailable(
    'mounting is forbidden here: fusermount may not become root (no_new_privs)',
    'start the container without --security-opt no-new-privileges',
  );
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
