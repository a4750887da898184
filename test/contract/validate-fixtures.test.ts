import { describe, expect, it } from 'vitest';
import { boolOf, intOf, stringOf } from '../../src/bson/access.ts';
import { elements, field, items } from '../../src/bson/value.ts';
import { openBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';
import { storeOf } from '../support/stores.ts';

const backups = [
  ['rs0-a', '0'],
  ['rs0-a', '3'],
  ['rs1-b', '3'],
  ['standalone', '3'],
  ['busy', '1'],
] as const;

describe('every index entry has its document and every document its entries', () => {
  for (const [replica, backup] of backups) {
    const store = storeOf(replica, backup);
    it.skipIf(store === undefined)(`${replica} backup ${backup}`, { timeout: 120_000 }, async () => {
      const opened = await openBackup(store!, replica, backup);
      const run = (db: string, command: Record<string, unknown>) => runCommand(opened.engine, db, command);
      const wrong: string[] = [];
      const geo: boolean[] = [];
      let compared = 0;
      for (const entry of items(field(await run('admin', { listDatabases: 1 }), 'databases')!)) {
        const db = stringOf(field(entry, 'name')!);
        const listing = field(
          await run(db, { listCollections: 1, filter: { type: 'collection' } }),
          'cursor',
        )!;
        for (const listed of items(field(listing, 'firstBatch')!)) {
          const name = stringOf(field(listed, 'name')!);
          const reply = await run(db, { validate: name, full: true });
          wrong.push(
            ...[...items(field(reply, 'errors')!)].map((error) => `${db}.${name}: ${stringOf(error)}`),
          );
          expect(boolOf(field(reply, 'valid')!)).toBe(wrong.length === 0);
          for (const { name: index, value } of elements(field(reply, 'indexDetails')!)) {
            if (index.includes('2d')) geo.push(boolOf(field(value, 'compared')!));
          }
          for (const count of items(field(reply, 'keysPerIndex')!)) compared += intOf(count);
        }
      }
      await opened.close();
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(500);
      expect(geo).toEqual(replica === 'busy' ? [] : [true, true]);
    });
  }
});
