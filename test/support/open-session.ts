import { createBlockReader, type BlockReaderOptions } from '../../src/blocks/create-block-reader.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openRocksEngine } from '../../src/engine/rocks/rocks-engine.ts';
import { Session } from '../../src/session/session.ts';
import { newStoreCounts } from '../../src/store/count.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';

export interface TestSession {
  session: Session;
  /** The engine of the backup last opened. */
  engine(): Engine;
  close(): Promise<void>;
}

/** A session with the built-in engine, on a store that stays the caller's. */
export async function openSession(store: ObjectStore, cache: BlockReaderOptions = {}): Promise<TestSession> {
  const reader = createBlockReader(store, cache);
  let last: Engine | undefined;
  const session = await Session.start({
    store,
    storeCounts: newStoreCounts(),
    reader,
    onNotice: () => undefined,
    openEngine: async (backup, options) => {
      const engine = await openRocksEngine({ reader, backup, ...options });
      last = engine;
      return {
        engine,
        description: 'built in',
        alive: () => true,
        counts: () => Promise.resolve({ requests: 0, bytesFetched: 0, bytesUsed: 0, hits: 0, waitedMs: 0 }),
        close: () => engine.close(),
      };
    },
  });
  return {
    session,
    engine: () => {
      if (!last) throw new Error('no backup was opened');
      return last;
    },
    close: async () => {
      await session.close();
      await reader.close();
    },
  };
}
