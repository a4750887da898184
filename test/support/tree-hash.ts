import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** Of every file and directory below `directory`: its path, mode and time of change, and the SHA-256 of its bytes. */
export async function treeHash(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(directory, { recursive: true })).sort()) {
    const location = path.join(directory, name);
    const { mode, mtimeMs } = await stat(location);
    const bytes = await readFile(location).catch(() => 'a directory');
    found[name] = `${mode.toString(8)} ${mtimeMs} ${createHash('sha256').update(bytes).digest('hex')}`;
  }
  return found;
}
