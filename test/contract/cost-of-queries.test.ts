import { afterEach, expect, it } from 'vitest';
import { collectionName, dbName, idOf } from '../../bench/synthetic/documents.ts';
import { SyntheticStore } from '../../bench/synthetic/store.ts';
import { longOf, numberOf } from '../../src/bson/access.ts';
import { field, items, type Value } from '../../src/bson/value.ts';
import { copyToMemory } from '../support/copy-store.ts';
import { openSession, type TestSession } from '../support/open-session.ts';
import { runCommand } from '../support/run-command.ts';
import { storeOf } from '../support/stores.ts';
import { waveStore } from '../support/wave-store.ts';

let opened: TestSession | undefined;
afterEach(async () => opened?.close());

function batchOf(reply: Value, name: 'firstBatch' | 'nextBatch'): Value[] {
  return [...items(field(field(reply, 'cursor')!, name)!)];
}

it('looks up an $in of 100 ids in one wave for the index and one for the documents', async () => {
  const cost = waveStore(new SyntheticStore({ tables: 200, tableBytes: 1 << 20 }));
  opened = await openSession(cost.store);
  await opened.session.chooseReplica('huge');
  await opened.session.chooseBackup('1');
  cost.reset();
  const ids = Array.from({ length: 100 }, (_, i) => idOf(i * 1000 + 1));
  const find = { find: collectionName, filter: { _id: { $in: ids } }, batchSize: 200 };
  const found = batchOf(await runCommand(opened.engine(), dbName, find), 'firstBatch');
  expect(found).toHaveLength(100);
  // Of the index and of the documents: the ends of the tables, then blocks.
  expect(cost.waves).toBeLessThanOrEqual(4);
  cost.reset();
  const others = ids.map((_, i) => idOf(i * 1000 + 500));
  await runCommand(opened.engine(), dbName, { ...find, filter: { _id: { $in: others } } });
  expect(cost.waves).toBeLessThanOrEqual(2);
});

it('reads index entries ahead of the documents of a range', async () => {
  const cost = waveStore(await copyToMemory(storeOf('rs0-a', '3')!));
  opened = await openSession(cost.store);
  await opened.session.chooseReplica('rs0-a');
  await opened.session.chooseBackup('3');
  cost.reset();
  const find = { find: 'users', filter: { age: { $gte: 20 } }, hint: 'age_1_name.last_-1', batchSize: 100 };
  let reply = await runCommand(opened.engine(), 'app', find);
  let documents = batchOf(reply, 'firstBatch').length;
  for (;;) {
    const id = longOf(field(field(reply, 'cursor')!, 'id')!);
    if (id === 0n) break;
    reply = await runCommand(opened.engine(), 'app', { getMore: id, collection: 'users' });
    documents += batchOf(reply, 'nextBatch').length;
  }
  expect(documents).toBeGreaterThan(1000);
  expect(cost.waves).toBeLessThanOrEqual(8);
});

it('counts a collection with a scan in few round trips', async () => {
  const cost = waveStore(new SyntheticStore({ tables: 30, tableBytes: 1 << 20 }));
  opened = await openSession(cost.store);
  await opened.session.chooseReplica('huge');
  await opened.session.chooseBackup('1');
  cost.reset();
  const pipeline = [{ $group: { _id: null, n: { $sum: 1 } } }];
  const reply = await runCommand(opened.engine(), dbName, {
    aggregate: collectionName,
    pipeline,
    cursor: {},
  });
  const n = numberOf(field(batchOf(reply, 'firstBatch')[0]!, 'n'));
  expect(n).toBeGreaterThan(10_000);
  expect(cost.bytes).toBeGreaterThan(16 << 20);
  // 27 tables of 1 MiB, of which 16 MiB are under way at a time.
  expect(cost.waves).toBeLessThanOrEqual(10);
});
