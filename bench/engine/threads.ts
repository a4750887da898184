import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createBlockReader } from '../../src/blocks/create-block-reader.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import { openRocksEngine } from '../../src/engine/rocks/rocks-engine.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { large, writeLargeCollection } from '../../test/support/large-collection.ts';
import { engineContender, type Contender } from './contenders.ts';
import type { Case } from './cases.ts';

const { collection } = large;
const filter = { few: { $in: [3, 500, 900] } };

const shared = (name: string, command: Record<string, unknown>): Case => ({
  name: `${name} (two million documents of 190 bytes)`,
  collection,
  commands: [command],
  unit: 'documents',
  units: (documents) => documents,
  plain: () => 0,
});

/** Scans that are long enough to be shared with other threads. */
export const longCases: Case[] = [
  shared('scan, three of a thousand match', { find: collection, filter }),
  shared('scan, a tenth matches', { find: collection, filter: { few: { $lt: 100 } } }),
  shared('scan, half matches', { find: collection, filter: { few: { $lt: 500 } } }),
  shared('sort without an index, limit 10', { find: collection, sort: { value: 1 }, limit: 10 }),
  shared('group of a tenth', {
    aggregate: collection,
    pipeline: [{ $match: { few: { $lt: 100 } } }, { $group: { _id: '$few', sum: { $sum: '$value' } } }],
    cursor: {},
  }),
];

export const longDocuments = 2_000_000;

/** The engine on one thread and on all cores, with everything in memory, and on a directory of which 64 MiB are. */
export async function threadContenders(): Promise<{ contenders: Contender[]; close(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-'));
  const store = new DirectoryStore(folder);
  await writeLargeCollection(store, longDocuments);
  const contenders: Contender[] = [];
  for (const [place, memoryBytes] of [
    ['in memory', 512 << 20],
    ['from a directory', undefined],
  ] as const) {
    contenders.push(await contender(store, `one thread, ${place}`, memoryBytes, { threads: 0 }));
    contenders.push(await contender(store, `all cores, ${place}`, memoryBytes, {}));
  }
  return {
    contenders,
    close: async () => {
      for (const each of contenders) await each.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function contender(
  store: ObjectStore,
  name: string,
  memoryBytes: number | undefined,
  scan: { threads?: number },
): Promise<Contender> {
  const backup = await new Catalog(store).loadBackup(large.replica, large.id);
  const reader = createBlockReader(store, { memoryBytes });
  const engine = await openRocksEngine({ reader, backup, scan });
  const close = async (): Promise<void> => {
    await engine.close();
    await reader.close();
  };
  return engineContender(name, engine, close, large.db);
}
