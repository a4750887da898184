import type { Batch } from '../../../rocksdb/batch.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { takeTurns } from '../../../base/take-turns.ts';

/** What to read of a database. */
export interface ScanOptions {
  lower: Buffer;
  upper: Buffer;
  reverse?: boolean | undefined;
  /** The whole range will be read: fetch far ahead from the start. */
  eager?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** The entries of a range as an iteration that closes its cursor however it ends. */
export async function* scanDatabase(database: Database, options: ScanOptions): AsyncGenerator<Batch> {
  const cursor = database.scan(options);
  try {
    for (let batch = await cursor.next(); batch; batch = await cursor.next()) {
      yield batch;
      const turn = takeTurns();
      if (turn) await turn;
    }
  } finally {
    cursor.close();
  }
}
