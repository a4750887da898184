import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/rocksdb/database.ts';
import { verifyManifest, verifyTable, verifyWal } from '../../src/rocksdb/verify.ts';
import { checkpointsOf, digest } from '../support/rocksdb-checkpoints.ts';
import { thorough } from '../support/runs.ts';

const root = path.join(import.meta.dirname, '../..');
const checkpoints = [path.join(root, 'sample'), path.join(root, 'test/fixtures/store')].flatMap(
  checkpointsOf,
);
const larger = thorough
  ? ['store', 'bench-store'].flatMap((store) => checkpointsOf(path.join(root, '../shared/fixtures', store)))
  : [];

/** Entries, and MD5 of what `ldb scan --hex` of RocksDB 7.8.3 prints for the checkpoint. */
const expectations = JSON.parse(
  readFileSync(path.join(root, 'test/fixtures/rocksdb-checkpoints.json'), 'utf8'),
) as Record<string, { entries: number; md5: string }>;

describe('the checkpoints of real servers', () => {
  it.each(checkpoints)('$name holds exactly the entries that RocksDB reads from it', async (checkpoint) => {
    const database = await openDatabase(checkpoint.files());
    expect(database.warnings).toEqual([]);
    expect(await digest(database)).toEqual(expectations[checkpoint.name]);
  });

  it.skipIf(larger.length === 0)(
    'and so do those of the larger set, where it is at hand and tests are to be thorough',
    async () => {
      for (const checkpoint of larger) {
        const database = await openDatabase(checkpoint.files());
        expect(await digest(database), checkpoint.name).toEqual(expectations[checkpoint.name]);
      }
    },
    60_000,
  );

  it('verify without a finding', async () => {
    for (const checkpoint of checkpoints) {
      const files = checkpoint.files();
      for (const name of files.list().keys()) {
        if (name.endsWith('.sst')) expect(await verifyTable(files, name)).toEqual([]);
        if (name.endsWith('.log')) expect(await verifyWal(files, name)).toEqual([]);
        if (name.startsWith('MANIFEST')) expect(await verifyManifest(files, name)).toEqual([]);
      }
    }
  }, 60_000);

  it('find every key by itself, and none that is not there', async () => {
    for (const checkpoint of checkpoints.filter(({ name }) => /busy|rs0-a-3|rs1-b/.test(name))) {
      const database = await openDatabase(checkpoint.files());
      const cursor = database.scan();
      for (let batch = await cursor.next(); batch; batch = await cursor.next()) {
        // A part of them: each look-up costs a read of several tables.
        for (let i = 0; i < batch.length; i += 40) {
          const [key, value] = [batch.key(i), batch.value(i)];
          expect((await database.get(key))?.equals(value)).toBe(true);
          expect(await database.get(Buffer.concat([key, Buffer.from('absent')]))).toBeUndefined();
        }
      }
    }
  }, 60_000);
});
