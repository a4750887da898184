import { Batch } from '../../src/rocksdb/batch.ts';
import type { Database, ScanOptions } from '../../src/rocksdb/database.ts';

/** A database that holds the given entries, as far as the engine uses one. */
export function memoryDatabase(entries: readonly (readonly [Buffer, Buffer])[]): Database {
  const sorted = [...entries].sort(([a], [b]) => a.compare(b));
  const get = (key: Buffer) => sorted.find(([each]) => each.equals(key))?.[1];
  const scan = ({ lower, upper, reverse = false }: ScanOptions) => {
    const within = sorted.filter(
      ([key]) => (!lower || key.compare(lower) >= 0) && (!upper || key.compare(upper) < 0),
    );
    let left: typeof within = reverse ? within.reverse() : within;
    return {
      next: () => {
        const [first, ...rest] = left;
        left = rest;
        return Promise.resolve(first && batchOf(first));
      },
      seek: (key: Buffer) => {
        left = left.filter(([each]) => (reverse ? each.compare(key) <= 0 : each.compare(key) >= 0));
      },
      close: () => undefined,
    };
  };
  const database = {
    get: (key: Buffer) => Promise.resolve(get(key)),
    getMany: (keys: Buffer[]) => Promise.resolve(keys.map(get)),
    scan,
    approximateSize: () => Promise.resolve(0),
  };
  return database as unknown as Database;
}

function batchOf([key, value]: readonly [Buffer, Buffer]): Batch {
  return new Batch(1, key, value, Int32Array.of(0, key.length, 0, value.length));
}
