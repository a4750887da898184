import type { BlockReader } from '../../src/blocks/block-reader.ts';
import { Catalog, type Backup } from '../../src/catalog/catalog.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openRocksEngine } from '../../src/engine/rocks/rocks-engine.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { StoreReader } from './store-reader.ts';

export interface OpenedBackup {
  engine: Engine;
  reader: BlockReader;
  backup: Backup;
}

/** The built-in engine on a backup in a local directory; closing the engine is enough. */
export async function openBackup(store: string, replica: string, id: string): Promise<OpenedBackup> {
  const directory = new DirectoryStore(store);
  const backup = await new Catalog(directory).loadBackup(replica, id);
  const reader = new StoreReader(directory);
  const engine = await openRocksEngine({ reader, backup });
  return { engine, reader, backup };
}
