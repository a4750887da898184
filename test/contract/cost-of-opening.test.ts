import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { collectionName, dbName, idOf } from '../../bench/synthetic/documents.ts';
import { SyntheticStore } from '../../bench/synthetic/store.ts';
import { field, items } from '../../src/bson/value.ts';
import type { BlockReaderOptions } from '../../src/blocks/create-block-reader.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { copyToMemory } from '../support/copy-store.ts';
import { openSession, type TestSession } from '../support/open-session.ts';
import { runCommand } from '../support/run-command.ts';
import { storeOf } from '../support/stores.ts';
import { waveStore, type Waves } from '../support/wave-store.ts';

/** What a person does who looks something up: choose a backup, ask for one document by its `_id`. */
async function lookUp(opened: TestSession, backup: string, db: string, collection: string, id: unknown) {
  await opened.session.chooseBackup(backup);
  const command = { find: collection, filter: { _id: id }, limit: 1 };
  const reply = await runCommand(opened.engine(), db, command);
  expect([...items(field(field(reply, 'cursor')!, 'firstBatch')!)]).toHaveLength(1);
}

const opened: TestSession[] = [];
afterEach(async () => {
  for (const session of opened.splice(0)) await session.close();
});

async function start(store: ObjectStore, replica: string, cache?: BlockReaderOptions): Promise<TestSession> {
  const session = await openSession(store, cache);
  opened.push(session);
  await session.session.chooseReplica(replica);
  return session;
}

function expectFew(cost: Waves, most: { gets: number; bytes: number }): void {
  expect(cost.waves).toBeLessThanOrEqual(10);
  expect(cost.gets + cost.lists).toBeLessThanOrEqual(most.gets);
  expect(cost.bytes).toBeLessThanOrEqual(most.bytes);
}

const MB = 1_000_000;
const bench = storeOf('bench', '1');
const known = [
  { what: 'the sample', store: storeOf('rs0-a', '3'), replica: 'rs0-a', backups: ['2', '3'] },
  { what: 'a backup of 28 MB', store: bench, replica: 'bench', backups: ['1', '0'] },
];

describe('opening a backup and reading one document by its _id', () => {
  it.for(known.filter(({ store }) => store !== undefined))(
    'costs little of $what, and nothing when it is chosen again',
    async ({ store, replica, backups: [first = '', second = ''] }) => {
      const cost = waveStore(await copyToMemory(store!));
      const session = await start(cost.store, replica);
      cost.reset();
      await lookUp(session, first, 'app', 'users', 41);
      expectFew(cost, { gets: 40, bytes: 1 * MB });
      await lookUp(session, second, 'app', 'users', 41);
      cost.reset();
      await lookUp(session, first, 'app', 'users', 41);
      // The listing tells whether the backup is still there.
      expect(cost).toMatchObject({ gets: 0, lists: 1 });
    },
  );

  it('costs less than a third of it for another backup of the same SSTs', async () => {
    const cost = waveStore(new SyntheticStore({ tables: 200, tableBytes: 4 << 20 }));
    const session = await start(cost.store, 'huge');
    cost.reset();
    await lookUp(session, '1', dbName, collectionName, idOf(323_456));
    const first = { gets: cost.gets, bytes: cost.bytes };
    cost.reset();
    await lookUp(session, '2', dbName, collectionName, idOf(323_456));
    // Its metadata, CURRENT and MANIFEST.
    expect(cost.gets).toBe(3);
    expect(cost.bytes).toBeLessThan(first.bytes / 3);
  });

  it('costs only what is new of a neighbour in a real replica', async () => {
    for (const { first, second, gets, bytes } of [
      // All tables that are looked into are shared: metadata, MANIFEST and WAL remain.
      { first: '3', second: '2', gets: 1 / 3, bytes: 1 / 50 },
      // One table of the newer backup is new: its end and two blocks.
      { first: '2', second: '3', gets: 1 / 2, bytes: 1 / 2 },
    ]) {
      const cost = waveStore(await copyToMemory(storeOf('rs0-a', '3')!));
      const session = await start(cost.store, 'rs0-a');
      cost.reset();
      await lookUp(session, first, 'app', 'users', 41);
      const cold = { gets: cost.gets, bytes: cost.bytes };
      cost.reset();
      await lookUp(session, second, 'app', 'users', 41);
      expect(cost.gets).toBeLessThanOrEqual(cold.gets * gets);
      expect(cost.bytes).toBeLessThanOrEqual(cold.bytes * bytes);
      cost.reset();
      await lookUp(session, second, 'app', 'users', 41);
      expect(cost).toMatchObject({ gets: 0, lists: 1 });
    }
  });

  it('costs no request for data with a warm disk cache', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-cost-'));
    try {
      const cost = waveStore(await copyToMemory(storeOf('rs0-a', '3')!));
      const cache = { diskCache: { directory, maxBytes: 1e9 } };
      const before = await start(cost.store, 'rs0-a', cache);
      await lookUp(before, '3', 'app', 'users', 41);
      await before.close();
      opened.pop();
      const session = await start(cost.store, 'rs0-a', cache);
      cost.reset();
      await lookUp(session, '3', 'app', 'users', 41);
      // The listing and the backup's metadata.
      expect(cost).toMatchObject({ lists: 1, gets: 1 });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('costs as many requests however many SSTs there are', async () => {
    const costs: Pick<Waves, 'waves' | 'gets' | 'lists'>[] = [];
    for (const tables of [30, 3000]) {
      const cost = waveStore(new SyntheticStore({ tables, tableBytes: 1 << 20 }));
      const session = await start(cost.store, 'huge');
      cost.reset();
      await lookUp(session, '1', dbName, collectionName, idOf(12_345));
      const { waves, gets, lists } = cost;
      costs.push({ waves, gets, lists });
    }
    expect(costs[1]).toEqual(costs[0]);
  });

  it('costs little of 10,000 SSTs of 64 MiB', async () => {
    const store = new SyntheticStore();
    expect(store.bytes).toBeGreaterThan(640e9);
    const cost = waveStore(store);
    const session = await start(cost.store, 'huge');
    cost.reset();
    await lookUp(session, '1', dbName, collectionName, idOf(123_456_789));
    expectFew(cost, { gets: 60, bytes: 3 * MB });
  });
});
