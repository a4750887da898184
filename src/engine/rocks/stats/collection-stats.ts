import { abortable } from '../../../base/abortable.ts';
import { recordsOf, type Collection } from '../catalog/collection.ts';
import { tableRange } from '../catalog/key-space.ts';
import { scanDatabase } from '../scan/database-scan.ts';
import type { RocksEngineState } from '../state.ts';

/** What a collection holds. */
export interface CollectionStats {
  /** Documents. */
  count: number;
  /** Bytes of BSON. */
  size: number;
  /** Bytes of its tables, compressed, about. */
  storageSize: number;
  indexSizes: ReadonlyMap<string, number>;
}

const known = new WeakMap<Collection, Promise<CollectionStats>>();

/**
 * Counts a collection's documents and their bytes by reading them: the counters that MongoRocks keeps lag behind. Done
 * once for a collection, whoever asks; the backup does not change.
 */
export async function collectionStats(
  state: RocksEngineState,
  collection: Collection,
  signal: AbortSignal,
): Promise<CollectionStats> {
  for (;;) {
    const running = known.get(collection);
    if (running === undefined) break;
    try {
      return await abortable(running, signal);
    } catch {
      // It was read for another command, which may have been ended: that is no reason to fail.
      signal.throwIfAborted();
    }
  }
  const stats = read(state, collection, signal);
  known.set(collection, stats);
  stats.catch(() => known.delete(collection));
  return stats;
}

async function read(
  state: RocksEngineState,
  collection: Collection,
  signal: AbortSignal,
): Promise<CollectionStats> {
  const { database } = state;
  const indexSizes = new Map<string, number>();
  for (const { name, table } of collection.indexes) {
    indexSizes.set(name, table ? await database.approximateSize(tableRange(table.prefix)) : 0);
  }
  const range = tableRange(recordsOf(collection));
  let count = 0;
  let size = 0;
  for await (const batch of scanDatabase(database, { ...range, signal, eager: true })) {
    count += batch.length;
    for (let i = 0; i < batch.length; i++) {
      size += (batch.positions[i * 4 + 3] ?? 0) - (batch.positions[i * 4 + 2] ?? 0);
    }
  }
  return { count, size, storageSize: await database.approximateSize(range), indexSizes };
}
