import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** A lock is held for a few file operations; one this old was left by a process that died. Milliseconds. */
const staleMs = 20_000;

/**
 * Runs `work` while holding the lock file `file`, across processes (also over NFS, where flock may be absent).
 * A lock left by a process that was killed is taken over after 20 s. Throws the signal's reason if that aborts while it
 * waits, what the file system says, and what `work` throws.
 */
export async function withLockFile<T>(
  file: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const token = randomUUID();
  while (!(await tryLock(file, token))) {
    await removeIfStale(file);
    signal?.throwIfAborted();
    await delay(2 + Math.random() * 10);
  }
  try {
    return await work();
  } finally {
    if ((await readFile(file, 'utf8').catch(() => '')) === token) await unlink(file).catch(() => undefined);
  }
}

async function tryLock(file: string, token: string): Promise<boolean> {
  const own = `${file}-${token}`;
  const handle = await open(own, 'wx', 0o600);
  try {
    await handle.writeFile(token);
    // link(2) makes the lock appear with its token in it, or fails because there is one.
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await handle.close();
    await unlink(own);
  }
}

async function removeIfStale(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found || Date.now() - found.mtimeMs < staleMs) return;
  const token = await readFile(file, 'utf8').catch(() => undefined);
  // Of several that see the stale lock, one gets it by rename; should it have caught a newer lock, that goes back.
  const moved = `${file}-${randomUUID()}`;
  try {
    await rename(file, moved);
    if ((await readFile(moved, 'utf8')) !== token) await link(moved, file);
    await unlink(moved);
  } catch {
    // Somebody else removed it.
  }
}
