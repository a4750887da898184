import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MongodProbe } from './probe.ts';
import { storageBson } from './storage-bson.ts';

/** The last release whose RocksDB keeps its log in db/journal; 4.2 moved it into db. */
const lastWithJournal = 400;

/**
 * Builds a data directory for mongod in the empty directory `dbPath` from a checkpoint's files, which stay as they are:
 * links stand for them, and only the directories are real, since mongod makes files there and replaces CURRENT, MANIFEST
 * and OPTIONS by renaming. A write-ahead log is copied to where this mongod replays it: in the checkpoint it lies
 * beside the tables, where 3.x would not look, and its writes would be missing in silence.
 */
export async function makeScratch(
  dbPath: string,
  checkpoint: string,
  { release }: MongodProbe,
): Promise<void> {
  const db = path.join(dbPath, 'db');
  const journal = path.join(db, 'journal');
  await mkdir(journal, { recursive: true });
  await writeFile(path.join(dbPath, 'storage.bson'), storageBson(release < 304 ? 2 : 3));
  const logs = release <= lastWithJournal ? journal : db;
  for (const name of await readdir(checkpoint)) {
    const source = path.join(checkpoint, name);
    if (isLog(name)) await copyFile(source, path.join(logs, name), constants.COPYFILE_EXCL);
    else if (!isLeftBehind(name)) await symlink(source, path.join(db, name));
  }
}

/** RocksDB's write-ahead log, such as 000084.log. */
function isLog(name: string): boolean {
  return /^\d+\.log$/.test(name);
}

/** Files of a database that was running; mongod makes its own and must be able to write them. */
function isLeftBehind(name: string): boolean {
  return name === 'LOCK' || name === 'LOG' || name.startsWith('LOG.old') || name === 'journal';
}
