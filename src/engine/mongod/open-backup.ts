import path from 'node:path';
import { ErrorCode } from '../../base/error-codes.ts';
import { MongoqError } from '../../base/errors.ts';
import { Lifetime } from '../../base/lifetime.ts';
import type { ReadCounts } from '../../blocks/block-reader.ts';
import type { BlockReaderOptions } from '../../blocks/create-block-reader.ts';
import type { Backup } from '../../catalog/catalog.ts';
import { manifestOf } from '../../mount/manifest.ts';
import { type Mount, startMount } from '../../mount/mount.ts';
import { createRunDirectory, removeStaleRuns, runParents } from '../../mount/run-directory.ts';
import type { ObjectStore } from '../../store/object-store.ts';
import type { OpenStoreOptions } from '../../store/open-store.ts';
import type { Engine } from '../engine.ts';
import { downloadFiles } from './download.ts';
import { type MongodEngine, openMongodEngine, type OpenMongodOptions } from './mongod-engine.ts';

export interface OpenBackupOptions extends Pick<OpenMongodOptions, 'mongod' | 'signal'> {
  backup: Backup;
  /** The store, for fetching; the mount process opens its own by URL and settings. */
  store: ObjectStore;
  storeUrl: string;
  storeOptions: Omit<OpenStoreOptions, 'counts'>;
  /** The mount process's block cache. */
  cache: BlockReaderOptions;
  /** Fetch every file first instead of mounting. */
  download?: boolean | undefined;
  onNotice: (notice: string) => void;
}

/** A backup that a mongod of its own answers from. */
export interface MongodOnBackup {
  readonly engine: Engine;
  /** In words, for `status`. */
  readonly description: string;
  /** False once mongod or the mount under it has ended. */
  alive(): boolean;
  /** What the mount has read from the store. */
  counts(): Promise<ReadCounts>;
  /** Ends mongod, then the mount, then removes every file; says what could not be undone. */
  close(): Promise<string[]>;
}

/**
 * Opens a backup the classic way: mounted (or fetched), with a scratch directory of links over it and the user's mongod
 * on that. Removes what killed processes have left behind first. Throws the errors of startMount and openMongodEngine;
 * nothing is left then.
 */
export async function openBackupOnMongod(options: OpenBackupOptions): Promise<MongodOnBackup> {
  const { backup, store, signal, onNotice } = options;
  const parents = runParents();
  for (const parent of parents) {
    for (const failure of await removeStaleRuns(parent)) onNotice(`could not be removed: ${failure}`);
  }
  const lifetime = new Lifetime();
  try {
    const run = await createRunDirectory((options.download ? parents.at(-1) : undefined) ?? parents[0]);
    lifetime.defer(`the directory ${run.path}`, () => run.remove());
    const files = manifestOf(backup);
    let mount: Mount | undefined;
    let checkpoint = path.join(run.path, 'checkpoint');
    if (options.download) {
      await downloadFiles(store, files, checkpoint, signal);
    } else {
      const from = { url: options.storeUrl, options: options.storeOptions };
      const { mountpoint } = run;
      const mounted = await startMount({
        mountpoint,
        files,
        store: from,
        cache: options.cache,
        onNotice,
        signal,
      });
      lifetime.defer(`the mount at ${mountpoint}`, () => mounted.close());
      mount = mounted;
      checkpoint = mountpoint;
    }
    const engine = await openMongodEngine({
      mongod: options.mongod,
      checkpoint,
      scratch: run.path,
      onNotice,
      signal,
    });
    lifetime.defer('mongod', () => engine.close(), 40_000);
    // A mongod without its files fails in ways that mislead.
    void mount?.ended.then(() => (lifetime.closed ? undefined : engine.close().catch(() => undefined)));
    const where = mount ? `the mount at ${mount.path}` : `files fetched to ${checkpoint}`;
    return {
      engine: mount ? overMount(engine, mount) : engine,
      description: `mongod ${engine.probe.version} over ${where}`,
      alive: () => engine.alive && (mount?.alive ?? true),
      counts: () => (mount ? mount.counts() : Promise.resolve(nothingRead)),
      close: () => lifetime.close(),
    };
  } catch (error) {
    for (const failure of await lifetime.close()) onNotice(`could not be undone: ${failure}`);
    throw error;
  }
}

/** The engine, whose failures are the mount's when that has ended: mongod then fails in whatever way it happens to. */
function overMount(engine: MongodEngine, mount: Mount): Engine {
  return {
    info: engine.info,
    close: () => engine.close(),
    run: async (request) => {
      try {
        return await engine.run(request);
      } catch (error) {
        if (mount.alive) throw error;
        const message = 'the mount process ended, and mongod with it';
        throw new MongoqError(ErrorCode.mountDied, message, { hint: 'open the backup again', cause: error });
      }
    },
  };
}

const nothingRead: ReadCounts = { requests: 0, bytesFetched: 0, bytesUsed: 0, hits: 0, waitedMs: 0 };
