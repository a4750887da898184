import { expect, it } from 'vitest';
import { memoryDatabase } from '../../../../test/support/memory-database.ts';
import { toValue } from '../../../bson/js.ts';
import type { Database, ScanOptions } from '../../../rocksdb/database.ts';
import type { Collection } from '../catalog/collection.ts';
import { recordKey } from '../keystring/record-id.ts';
import { prefixOf } from '../prefix.ts';
import type { RocksEngineState } from '../state.ts';
import { collectionStats } from './collection-stats.ts';

const prefix = prefixOf(5);
const document = Buffer.from(toValue({ _id: 1 }).slice());

/** A collection of one document whose scans wait until they may go on, or are ended; `scans` counts them. */
function waiting() {
  const database = memoryDatabase([[recordKey(prefix, 1n), document]]);
  const scans: (() => void)[] = [];
  const scan = (options: ScanOptions): unknown => {
    const cursor = database.scan(options);
    const released = new Promise<void>((resolve) => scans.push(resolve));
    const ended = new Promise<never>((_, reject) => {
      options.signal?.addEventListener('abort', () => {
        reject(options.signal?.reason as Error);
      });
    });
    ended.catch(() => undefined);
    const next = (): Promise<unknown> => Promise.race([ended, released.then(() => cursor.next())]);
    return { next, close: () => undefined };
  };
  const state = {
    database: { scan, approximateSize: () => Promise.resolve(0) } as unknown as Database,
  } as RocksEngineState;
  return { state, scans, collection: { prefix, indexes: [] } as unknown as Collection };
}

it('is read once for all who ask', async () => {
  const { state, scans, collection } = waiting();
  const asked = [1, 2].map(() => collectionStats(state, collection, new AbortController().signal));
  scans[0]?.();
  expect(await Promise.all(asked)).toMatchObject([{ count: 1, size: document.length }, { count: 1 }]);
  expect(scans).toHaveLength(1);
});

it('is read by the next one where the first who asked was ended', async () => {
  const { state, scans, collection } = waiting();
  const ended = new AbortController();
  const first = collectionStats(state, collection, ended.signal);
  const second = collectionStats(state, collection, new AbortController().signal);
  ended.abort(new Error('ended'));
  await expect(first).rejects.toThrow('ended');
  while (scans.length < 2) await new Promise(setImmediate);
  scans[1]?.();
  expect(await second).toMatchObject({ count: 1 });
});

it('is not waited for by one who was ended', async () => {
  const { state, scans, collection } = waiting();
  const ended = new AbortController();
  const first = collectionStats(state, collection, new AbortController().signal);
  const second = collectionStats(state, collection, ended.signal);
  ended.abort(new Error('ended'));
  await expect(second).rejects.toThrow('ended');
  scans[0]?.();
  expect(await first).toMatchObject({ count: 1 });
});
