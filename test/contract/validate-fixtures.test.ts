import { describe, expect, it } from 'vitest';
import { boolOf, intOf, stringOf } from '../../src/bson/access.ts';
import { BsonType } from '../../src/bson/types.ts';
import { field, items, type Value } from '../../src/bson/value.ts';
import { openBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';
import { thorough } from '../support/runs.ts';
import { storeOf } from '../support/stores.ts';

const few = [
  ['rs0-a', '3'],
  ['rs1-b', '3'],
  ['busy', '1'],
] as const;
const all = ['rs0-a', 'rs1-b', 'rs2-c', 'rs4_e.x', 'standalone', 'busy'].flatMap((replica) =>
  ['0', '1', '2', '3', '4'].map((backup) => [replica, backup] as const),
);
const backups = (thorough ? all : few).filter(([replica, backup]) => storeOf(replica, backup) !== undefined);

function kindOf(spec: Value): string {
  if (field(spec, 'collation')) return 'collated';
  const special = [...items(field(spec, 'key')!)].find(({ type }) => type === BsonType.string);
  return special ? stringOf(special) : 'ordinary';
}

describe('every index entry has its document and every document its entries', () => {
  for (const [replica, backup] of backups) {
    it(`${replica} backup ${backup}`, { timeout: 120_000 }, async () => {
      const opened = await openBackup(storeOf(replica, backup)!, replica, backup);
      const run = (db: string, command: Record<string, unknown>) => runCommand(opened.engine, db, command);
      const wrong: string[] = [];
      const kinds = { compared: new Set<string>(), read: new Set<string>() };
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
          for (const count of items(field(reply, 'keysPerIndex')!)) compared += intOf(count);
          const specs = items(field(field(await run(db, { listIndexes: name }), 'cursor')!, 'firstBatch')!);
          for (const spec of specs) {
            const index = `${db}.${name}.$${stringOf(field(spec, 'name')!)}`;
            const isCompared = boolOf(field(field(field(reply, 'indexDetails')!, index)!, 'compared')!);
            kinds[isCompared ? 'compared' : 'read'].add(kindOf(spec));
          }
        }
      }
      await opened.close();
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(500);
      if (replica === 'busy') return;
      expect([...kinds.compared].sort()).toEqual(['2d', '2dsphere', 'hashed', 'ordinary', 'text']);
      expect([...kinds.read]).toEqual(['collated']);
    });
  }
});
