import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Lifetime } from '../base/lifetime.ts';
import { mapParallel } from '../base/parallel.ts';
import type { BlockReaderOptions } from '../blocks/create-block-reader.ts';
import { Catalog, type Backup } from '../catalog/catalog.ts';
import { openMongodEngine } from '../engine/mongod/mongod-engine.ts';
import type { MongodProbe } from '../engine/mongod/probe.ts';
import { manifestOf } from '../mount/manifest.ts';
import { startMount, type Mount } from '../mount/mount.ts';
import { createRunDirectory, type RunDirectory } from '../mount/run-directory.ts';
import { fetchFile } from '../operations/fetch-file.ts';
import { Permits } from '../operations/permits.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { OpenStoreOptions } from '../store/open-store.ts';
import { noCounts } from './counts.ts';
import type { OpenedEngine, OpenEngineOptions } from './open-engine.ts';

export interface MongodSettings {
  mongod: MongodProbe;
  /** Fetch the files before mongod starts, instead of mounting them. */
  download: boolean;
  store: ObjectStore;
  /** For the mount's process, which opens the store itself. */
  storeUrl: string;
  storeOptions: Omit<OpenStoreOptions, 'counts'>;
  cache: BlockReaderOptions;
}

/** Files fetched at once by --download. */
const downloads = 8;

/**
 * Opens a backup by the user's mongod: its files mounted (or fetched), mongod started on them. Throws mountUnavailable,
 * mountWritable, engineMongodDied and the store's errors; nothing is left running or mounted then.
 */
export async function openByMongod(
  backup: Backup,
  settings: MongodSettings,
  options: OpenEngineOptions,
): Promise<OpenedEngine> {
  const lifetime = new Lifetime();
  try {
    const run = await createRunDirectory();
    lifetime.defer(`the directory ${run.path}`, () => run.remove());
    const mount = settings.download ? undefined : await mountFiles(backup, settings, run, options, lifetime);
    if (!mount) await downloadFiles(backup, settings, run, options);
    const scratch = path.join(run.path, 'scratch');
    await mkdir(scratch);
    const { mongod } = settings;
    const engine = await openMongodEngine({ mongod, checkpoint: run.mountpoint, scratch, ...options });
    lifetime.defer('mongod', () => engine.close(), 40_000);
    return {
      engine,
      description: `mongod ${mongod.version}, ${mount ? `on the mount ${mount.path}` : 'on fetched files'}`,
      alive: () => engine.alive && (mount?.alive ?? true),
      counts: () => mount?.counts() ?? Promise.resolve(noCounts),
      close: () => closeAll(lifetime),
    };
  } catch (error) {
    await lifetime.close();
    throw error;
  }
}

async function closeAll(lifetime: Lifetime): Promise<void> {
  const failures = await lifetime.close();
  if (failures.length > 0) throw new Error(failures.join('; '));
}

async function mountFiles(
  backup: Backup,
  { storeUrl, storeOptions, cache }: MongodSettings,
  run: RunDirectory,
  options: OpenEngineOptions,
  lifetime: Lifetime,
): Promise<Mount> {
  const mount = await startMount({
    mountpoint: run.mountpoint,
    files: manifestOf(backup),
    store: { url: storeUrl, options: storeOptions },
    cache,
    ...options,
  });
  lifetime.defer(`the mount at ${mount.path}`, () => mount.close());
  return mount;
}

async function downloadFiles(
  backup: Backup,
  { store }: MongodSettings,
  run: RunDirectory,
  { signal }: OpenEngineOptions,
): Promise<void> {
  const catalog = new Catalog(store);
  const permits = new Permits(downloads * 2);
  await mapParallel(
    backup.files,
    downloads,
    async (file, inner) => {
      const target = path.join(run.mountpoint, file.name);
      await fetchFile(catalog, backup, file, target, { permits, signal: inner, onBytes: () => undefined });
    },
    signal,
  );
}
