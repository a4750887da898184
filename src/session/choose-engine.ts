import type { BlockReader } from '../blocks/block-reader.ts';
import { openRocksEngine } from '../engine/rocks/rocks-engine.ts';
import { noCounts } from './counts.ts';
import type { OpenEngine } from './open-engine.ts';

export interface EngineChoice {
  /** `auto`: mongod where one with RocksDB is given or found, else the built-in engine. */
  engine: 'auto' | 'builtin' | 'mongod';
  reader: BlockReader;
}

/** How backups are opened, by the user's choice. */
export function chooseEngine({ reader }: EngineChoice): OpenEngine {
  return async (backup, { signal, onNotice }) => {
    const engine = await openRocksEngine({ reader, backup, signal, onNotice });
    return {
      engine,
      description: 'built in',
      alive: () => true,
      counts: () => noCounts,
      close: () => engine.close(),
    };
  };
}
