import { Database } from './database.ts';
import type { Entries } from './data-block.ts';
import type { DatabaseFiles } from './files.ts';
import type { Version } from './manifest.ts';
import { Tables, type CacheSizes } from './tables.ts';

/** What is in a database beside its tables: a plain object, which may be sent to another thread. */
export interface DatabaseSnapshot {
  version: Version;
  memtable: Entries;
}

/** The database of a snapshot that came from another thread, where buffers lose their class. Reads nothing. */
export function openSnapshot(
  files: DatabaseFiles,
  { version, memtable }: DatabaseSnapshot,
  caches: CacheSizes,
): Database {
  const levels = version.levels.map((level) =>
    level.map((file) => ({ ...file, smallest: asBuffer(file.smallest), largest: asBuffer(file.largest) })),
  );
  const entries = { ...memtable, keys: asBuffer(memtable.keys), values: asBuffer(memtable.values) };
  return new Database(new Tables(files, caches), { ...version, levels }, entries, []);
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
