import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.ts';
import { backup } from '../../src/operations/backup.ts';
import { connectReplica, type ReplicaAddress } from '../../src/operations/connection.ts';
import { mongodCheckpoints } from '../../src/operations/replica.ts';
import { restore } from '../../src/operations/restore.ts';
import { verify } from '../../src/operations/verify.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { copyStore, dump, fixtureStore, sampleStore } from '../support/checkpoints.ts';
import { mustSkip } from '../support/skip-reason.ts';
import { startMongod, user, type RunningMongod } from '../support/stand-in-mongod/start.ts';

const real = process.env['MONGOQ_TEST_MONGOD'] === undefined ? undefined : 'a real mongod has no such user';

let work: string;
let server: RunningMongod;

beforeEach(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'mongoq-backup-test-'));
});

afterEach(async () => {
  await server.stop();
  await rm(work, { recursive: true, force: true });
});

/** Restores a fixture to where the mongod runs; from a copy, because a restore takes a lease. */
async function restoreFixture(from: ObjectStore, replica: string, id: string): Promise<void> {
  const copy = new MemoryStore();
  await copyStore(from, copy);
  await restore(copy, replica, id, { target: path.join(work, 'data') });
}

/** A mongod on a restored backup. */
async function serve(...more: string[]): Promise<void> {
  server = await startMongod(work, path.join(work, 'data'), ...more);
}

async function backUp(
  store: DirectoryStore,
  replica: string,
  address: Partial<ReplicaAddress> = {},
): Promise<void> {
  const connection = await connectReplica({ host: '127.0.0.1', port: server.port, ...address });
  try {
    await backup(store, replica, mongodCheckpoints(connection, replica));
  } finally {
    await connection.close();
  }
}

describe('a backup of an old mongod', () => {
  it.each([
    ['rs0-a', '3', sampleStore],
    ['busy', '0', fixtureStore],
  ] as const)('of %s comes back byte by byte', async (replica, id, from) => {
    await restoreFixture(from, replica, id);
    await serve();
    const store = new DirectoryStore(path.join(work, 'store'));
    await backUp(store, replica);
    const objects = await dump(from);
    const original = await new Catalog(from).loadBackup(replica, id);
    const loaded = await new Catalog(store).loadBackup(replica, '0');
    expect(loaded.files.map((file) => file.key)).toEqual(original.files.map((file) => file.key));
    for (const { key } of loaded.files) expect((await store.get(key)).equals(objects.get(key)!)).toBe(true);
    expect((await verify(store, replica)).findings).toEqual([]);
    expect(await readdir(path.join(work, 'data/backup', replica))).toEqual(['lock']);

    await restore(store, replica, '0', { target: path.join(work, 'again') });
    for (const file of original.files) {
      const where = file.name.endsWith('.log') ? 'db/journal' : 'db';
      const restored = await readFile(path.join(work, 'again', where, file.name));
      expect(restored.equals(objects.get(file.key)!), file.name).toBe(true);
    }
  });

  it.skipIf(mustSkip('authentication', real))('goes with a user and a password', async () => {
    await restoreFixture(sampleStore, 'rs0-a', '3');
    await serve('--auth');
    const store = new DirectoryStore(path.join(work, 'store'));
    await expect(backUp(store, 'r')).rejects.toMatchObject({ code: 'OP-003' });
    await expect(backUp(store, 'r', { ...user, password: 'wrong' })).rejects.toMatchObject({
      code: 'OP-003',
    });
    await backUp(store, 'r', user);
    const uri = `mongodb://${user.username}:${encodeURIComponent(user.password)}@127.0.0.1:${server.port}/`;
    await backUp(store, 'r', { uri });
    const stats = (await new Catalog(store).listBackups('r')).map((each) => each.stats?.newFiles);
    expect(stats).toEqual([13, 0]);
  });
});
