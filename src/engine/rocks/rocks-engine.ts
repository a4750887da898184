import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Lifetime } from '../../base/lifetime.ts';
import type { BlockReader } from '../../blocks/block-reader.ts';
import type { Backup } from '../../catalog/catalog.ts';
import { openDatabase } from '../../rocksdb/database.ts';
import type { CommandRequest, Engine, EngineInfo } from '../engine.ts';
import { backupFiles } from './backup-files.ts';
import { readKeySpace } from './catalog/key-space.ts';
import { MongoCatalog } from './catalog/mongo-catalog.ts';
import { CursorRegistry } from './cursors/cursor-registry.ts';
import { dispatch } from './dispatch.ts';
import { ScanThreads } from './parallel/scan-threads.ts';
import type { ScanSettings } from './parallel/settings.ts';
import { queryHost } from './query/query-host.ts';
import type { RocksEngineState } from './state.ts';

export interface RocksEngineOptions {
  reader: BlockReader;
  backup: Backup;
  signal?: AbortSignal | undefined;
  /** Where directories for spilling are made; the system's directory for temporary files by default. */
  scratchParent?: string | undefined;
  /** How long scans are shared with other threads; see `defaultScanSettings`. */
  scan?: Partial<ScanSettings> | undefined;
  /** Told what the user should know of the backup's state, as sentences. */
  onNotice?: ((notice: string) => void) | undefined;
}

/** The version whose answers the engine gives. */
const version = '3.4.10';

/**
 * The built-in engine on a backup of MongoRocks 3.2 to 3.6. Opening reads CURRENT, the MANIFEST, the WAL and the catalog's
 * blocks. Throws engineUnsupported, engineDamaged, engineMissingFile and the store's errors.
 */
export async function openRocksEngine(options: RocksEngineOptions): Promise<Engine> {
  const { reader, backup, signal } = options;
  const files = backupFiles(reader, backup);
  const database = await openDatabase(files, {
    signal,
    walDirectories: ['journal', ''],
  });
  for (const warning of database.warnings) options.onNotice?.(warning);
  const keySpace = await readKeySpace(database, signal);
  const catalog = await MongoCatalog.open(database, keySpace, signal);
  const lifetime = new Lifetime();
  const cursors = new CursorRegistry();
  const threads = new ScanThreads(database, files, options.scan);
  let scratch: Promise<string> | undefined;
  const state: RocksEngineState = {
    database,
    catalog,
    cursors,
    threads,
    reader,
    version,
    startedAt: new Date(),
    host: (commandSignal) => queryHost(state, commandSignal),
    scratchDirectory: () => (scratch ??= makeScratch(lifetime, options.scratchParent ?? tmpdir())),
  };
  lifetime.defer('the database', () => {
    database.close();
  });
  lifetime.defer('the threads for scans', () => threads.close());
  lifetime.defer('the cursors', () => cursors.close());
  return new RocksEngine(state, lifetime);
}

class RocksEngine implements Engine {
  readonly info: EngineInfo = { kind: 'builtin', version };
  readonly #state: RocksEngineState;
  readonly #lifetime: Lifetime;

  constructor(state: RocksEngineState, lifetime: Lifetime) {
    this.#state = state;
    this.#lifetime = lifetime;
  }

  run(request: CommandRequest): Promise<Buffer> {
    return dispatch(this.#state, request);
  }

  async close(): Promise<void> {
    await this.#lifetime.close();
  }
}

async function makeScratch(lifetime: Lifetime, parent: string): Promise<string> {
  const directory = await mkdtemp(path.join(parent, 'mongoq-spill-'));
  lifetime.defer('the directory for spilled data', () => rm(directory, { recursive: true, force: true }));
  return directory;
}
