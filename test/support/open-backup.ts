import type { BlockReader } from '../../src/blocks/block-reader.ts';
import { createBlockReader } from '../../src/blocks/create-block-reader.ts';
import { Catalog, type Backup } from '../../src/catalog/catalog.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { ScanSettings } from '../../src/engine/rocks/parallel/settings.ts';
import { openRocksEngine } from '../../src/engine/rocks/rocks-engine.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';

export interface OpenedBackup {
  engine: Engine;
  /** Shared with nobody: its counts are the engine's. */
  reader: BlockReader;
  backup: Backup;
  /** Closes engine, reader and store. */
  close(): Promise<void>;
}

/** The built-in engine on a backup in a local directory, or in another store. */
export async function openBackup(
  folder: string | ObjectStore,
  replica: string,
  id: string,
  scan?: Partial<ScanSettings>,
): Promise<OpenedBackup> {
  const store = typeof folder === 'string' ? new DirectoryStore(folder) : folder;
  const backup = await new Catalog(store).loadBackup(replica, id);
  const reader = createBlockReader(store);
  const engine = await openRocksEngine({ reader, backup, scan });
  const close = async (): Promise<void> => {
    await engine.close();
    await reader.close();
    await store.close();
  };
  return { engine, reader, backup, close };
}
