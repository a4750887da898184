import type { BlockReader } from '../../blocks/block-reader.ts';
import type { QueryHost } from '../../query/context.ts';
import type { Database } from '../../rocksdb/database.ts';
import type { MongoCatalog } from './catalog/mongo-catalog.ts';
import type { CursorRegistry } from './cursors/cursor-registry.ts';
import type { ScanThreads } from './parallel/scan-threads.ts';

/** What the commands of one engine share. */
export interface RocksEngineState {
  readonly database: Database;
  readonly catalog: MongoCatalog;
  readonly cursors: CursorRegistry;
  readonly reader: BlockReader;
  /** The version that clients see. */
  readonly version: string;
  readonly startedAt: Date;
  /** Other threads, for long scans. */
  readonly threads: ScanThreads;
  /** Reads other collections for a query that ends with `signal`. */
  host(signal: AbortSignal): QueryHost;
  /** A directory for spilling, made on first use and removed with the engine. */
  scratchDirectory(): Promise<string>;
}
