import { existsSync } from 'node:fs';
import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deserialize } from 'bson';
import type { Backup, BackupFile } from '../../../src/catalog/catalog.ts';
import type { Options } from './options.ts';

/** Why a mongod ends before it serves: its exit code and what its log says. */
export class StartFailure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The files of db/ that RocksDB opens, or undefined where mongod would start on an empty database of another engine. */
export async function openDataDirectory(options: Options): Promise<Backup | undefined> {
  const { dbPath, queryable } = options;
  const marker = path.join(dbPath, 'storage.bson');
  const engine = existsSync(marker)
    ? (deserialize(await readFile(marker)) as { storage: { engine: string } }).storage.engine
    : options.storageEngine;
  if (engine === undefined) return undefined;
  if (options.storageEngine !== undefined && options.storageEngine !== engine) {
    throw new StartFailure(
      100,
      `Location28662: Cannot start server. Detected data files created by the '${engine}' storage engine`,
    );
  }
  await lock(path.join(dbPath, 'mongod.lock'), queryable);
  const db = path.join(dbPath, 'db');
  if (queryable) {
    if (!existsSync(marker))
      throw new StartFailure(14, 'Fatal Assertion: the storage engine metadata is missing');
    if (!existsSync(path.join(db, 'journal'))) {
      throw new StartFailure(
        134,
        'Fatal assertion 28807 NotFound: db/journal at src/mongo/db/modules/rocks/src/rocks_engine.cpp',
      );
    }
  } else {
    await lock(path.join(db, 'LOCK'), false);
    if (!existsSync(marker)) await writeFile(marker, '');
  }
  return checkpointOf(db);
}

/** Opened for writing in place, so it must be writable; not empty after an unclean stop. */
async function lock(file: string, mustBeEmpty: boolean): Promise<void> {
  const handle = await open(file, 'a+').catch((error: unknown) => {
    throw new StartFailure(
      98,
      `exception in initAndListen: 98 Unable to create/open lock file: ${file} ${String(error)}`,
    );
  });
  const { size } = await handle.stat();
  await handle.close();
  if (mustBeEmpty && size > 0) {
    throw new StartFailure(14, 'Fatal assertion 34416: unclean shutdown detected in read-only mode');
  }
}

/** Everything that mongod reads when it opens: each table's tail, the small files whole. */
async function checkpointOf(db: string): Promise<Backup> {
  const files: BackupFile[] = [];
  const names = [
    ...(await readdir(db)),
    ...(await readdir(path.join(db, 'journal'))).map((name) => `journal/${name}`),
  ];
  for (const name of names.sort()) {
    const file = path.join(db, name);
    const found = await stat(file);
    if (!found.isFile()) continue;
    await readEnd(file, name.endsWith('.sst') ? 4096 : found.size, found.size);
    files.push({ name, key: name, size: found.size, checksum: '' });
  }
  const ref = { replica: 'stand-in', id: '0', time: 0n, root: '' };
  const metadata = { files, sourceId: 'stand-in', id: '0', path: db, tags: null, time: 0n };
  return { ref, date: new Date(0), metadata, files, duplicates: [] };
}

async function readEnd(file: string, bytes: number, size: number): Promise<void> {
  const handle = await open(file, 'r');
  try {
    const target = Buffer.alloc(Math.min(bytes, size));
    await handle.read(target, 0, target.length, size - target.length);
  } finally {
    await handle.close();
  }
}
