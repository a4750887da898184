import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Lifetime } from '../base/lifetime.ts';

/** Makes a directory that only this user can enter, removed at the end of `lifetime`. Returns its path. */
export async function privateDirectory(lifetime: Lifetime): Promise<string> {
  // mkdtemp gives mode 0700. The runtime directory is short-lived by nature and on a local disk, as sockets need.
  const parent = process.env['XDG_RUNTIME_DIR'] ?? os.tmpdir();
  const directory = await mkdtemp(path.join(parent, `mongoq-${process.pid}-`));
  lifetime.defer(`the directory ${directory}`, () => rm(directory, { recursive: true, force: true }));
  return directory;
}
