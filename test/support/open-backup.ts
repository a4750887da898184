import type { BlockReader } from '../../src/blocks/block-reader.ts';
import { createBlockReader } from '../../src/blocks/create-block-reader.ts';
import { Catalog, type Backup } from '../../src/catalog/catalog.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openRocksEngine } from '../../src/engine/rocks/rocks-engine.ts';
import { DirectoryStore } from '../../src/store/directory.ts';

export interface OpenedBackup {
  engine: Engine;
  /** Shared with nobody: its counts are the engine's. */
  reader: BlockReader;
  backup: Backup;
  /** Closes engine, reader and store. */
  close(): Promise<void>;
}

/** The built-in engine on a backup in a local directory. */
export async function openBackup(folder: string, replica: string, id: string): Promise<OpenedBackup> {
  const store = new DirectoryStore(folder);
  const backup = await new Catalog(store).loadBackup(replica, id);
  const reader = createBlockReader(store);
  const engine = await openRocksEngine({ reader, backup });
  const close = async (): Promise<void> => {
    await engine.close();
    await reader.close();
    await store.close();
  };
  return { engine, reader, backup, close };
}
