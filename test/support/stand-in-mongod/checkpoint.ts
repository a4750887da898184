import { existsSync } from 'node:fs';
import { link, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

/** What `rocksdbBackup` does: a flat directory of hard links. Throws its two failures by their texts. */
export async function makeCheckpoint(db: string, target: string): Promise<void> {
  if (existsSync(target)) throw new Error('Invalid argument: Directory exists');
  await mkdir(target).catch(() => {
    throw new Error(`IO error: While mkdir: ${target}.tmp: No such file or directory`);
  });
  for (const name of await readdir(db)) {
    if (/^(\d+\.(sst|log)|CURRENT|MANIFEST-\d+|OPTIONS-\d+)$/.test(name)) {
      await link(path.join(db, name), path.join(target, name));
    }
  }
  for (const name of await readdir(path.join(db, 'journal'))) {
    await link(path.join(db, 'journal', name), path.join(target, name));
  }
}
