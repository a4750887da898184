import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Catalog, type Backup } from '../../src/catalog/catalog.ts';
import { readCheckpoint, type CheckpointSource } from '../../src/operations/checkpoint.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';

const root = path.join(import.meta.dirname, '../..');

/** The store of the main replica's real backups (rs0-a, 0 to 4). */
export const sampleStore = new DirectoryStore(path.join(root, 'sample'));

/** One real backup each of the other replicas: busy, rs1-b, rs2-c, rs4_e.x, standalone. */
export const fixtureStore = new DirectoryStore(path.join(root, 'test/fixtures/store'));

/** Writes a backup's files to a directory, as mongod's checkpoint was. */
export async function rebuildCheckpoint(
  store: ObjectStore,
  backup: Backup,
  directory: string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const file of backup.files)
    await writeFile(path.join(directory, file.name), await store.get(file.key));
}

/** A source whose checkpoint is a directory; removing it is counted and nothing else. */
export function directorySource(
  directory: string,
  { dbPath, time }: { dbPath: string; time: bigint },
): CheckpointSource & { removed: number } {
  const source = {
    removed: 0,
    take: async (signal: AbortSignal) => ({
      dbPath,
      time,
      files: await readCheckpoint(directory, signal),
      remove: () => {
        source.removed++;
        return Promise.resolve();
      },
    }),
  };
  return source;
}

/** Every object of a store, by key, under the given folders (all without any). */
export async function dump(store: ObjectStore, prefix = ''): Promise<Map<string, Buffer>> {
  const objects = new Map<string, Buffer>();
  for await (const { key } of store.list(prefix)) objects.set(key, await store.get(key));
  return objects;
}

/** Copies every object of one store to another. */
export async function copyStore(from: ObjectStore, to: ObjectStore, prefix = ''): Promise<void> {
  for (const [key, bytes] of await dump(from, prefix)) await to.put(key, bytes);
}

/** The backups of a replica, oldest first. */
export async function loadAll(store: ObjectStore, replica: string): Promise<Backup[]> {
  const catalog = new Catalog(store);
  return Promise.all((await catalog.listRefs(replica)).map((ref) => catalog.loadRef(ref)));
}
