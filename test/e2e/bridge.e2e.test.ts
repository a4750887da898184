import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.ts';
import { storageBson } from '../../src/engine/mongod/storage-bson.ts';
import { type Bridge, startBridge } from '../../src/gateway/bridge.ts';
import { WireConnection } from '../../src/wire/connection.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { mustSkip } from '../support/skip-reason.ts';
import { installMongod } from '../support/stand-in-mongod/install.ts';

const sample = path.join(import.meta.dirname, '../../sample');
const real = process.env['MONGOQ_TEST_MONGOD'] === undefined ? undefined : 'a real mongod has no such user';

let parent: string;
let server: ChildProcess;
let port: number;
let bridge: Bridge;

beforeEach(async () => {
  parent = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-bridge-test-'));
  const db = path.join(parent, 'data/db');
  await fs.mkdir(path.join(db, 'journal'), { recursive: true });
  await fs.writeFile(path.join(parent, 'data/storage.bson'), storageBson(3));
  const { files } = await new Catalog(new DirectoryStore(sample)).loadBackup('rs0-a', '3');
  for (const { key, name } of files) {
    await fs.copyFile(path.join(sample, key), path.join(db, name.endsWith('.log') ? 'journal' : '.', name));
  }
  port = await freePort();
});

afterEach(async () => {
  await bridge.close();
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  await fs.rm(parent, { recursive: true, force: true });
});

async function start(...more: string[]): Promise<void> {
  const args = [
    '--dbpath',
    path.join(parent, 'data'),
    '--port',
    String(port),
    '--bind_ip',
    '127.0.0.1',
    '--nounixsocket',
  ];
  server = spawn(await installMongod(parent), [...args, ...more], {
    env: { ...process.env, STAND_IN_MONGOD_USER: 'backup:pässword' },
    stdio: 'ignore',
  });
  const upstream = { host: '127.0.0.1', port };
  await vi.waitFor(async () => (await WireConnection.open(upstream)).close(), { timeout: 30_000 });
  bridge = await startBridge({ upstream, listen: { socketPath: path.join(parent, 's.sock') } });
}

describe('the bridge to an old mongod', () => {
  it('lets the current driver read and make a checkpoint', async () => {
    await start();
    await using client = new MongoClient(bridge.uri, { directConnection: true });
    const users = client.db('app').collection<{ _id: number }>('users');
    expect(
      await users.find({ _id: { $lte: 5 } }, { sort: { _id: 1 }, allowDiskUse: true }).toArray(),
    ).toHaveLength(6);
    expect(
      await users.find({}, { batchSize: 100, maxTimeMS: 5000, comment: 'x' }).toArray(),
    ).not.toHaveLength(100);
    const admin = client.db('admin');
    const { parsed } = await admin.command({ getCmdLineOpts: 1 });
    const target = path.join(parsed.storage.dbPath as string, 'checkpoint');
    await admin.command({ setParameter: 1, rocksdbBackup: target });
    expect(await fs.readdir(target)).toContain('CURRENT');
    await expect(admin.command({ setParameter: 1, rocksdbBackup: target })).rejects.toThrow(
      'Directory exists',
    );
  });

  it('lets authentication pass through', async () => {
    if (mustSkip('authentication through the bridge', real)) return;
    await start('--auth');
    const as = (password: string): MongoClient =>
      new MongoClient(bridge.uri, { directConnection: true, auth: { username: 'backup', password } });
    await using nobody = new MongoClient(bridge.uri, { directConnection: true });
    await expect(nobody.db('admin').command({ getCmdLineOpts: 1 })).rejects.toMatchObject({ code: 13 });
    await using wrong = as('wrong');
    await expect(wrong.connect()).rejects.toMatchObject({ code: 18 });
    await using right = as('pässword');
    expect(await right.db('admin').command({ getCmdLineOpts: 1 })).toMatchObject({ ok: 1 });
  });

  it('says which server it cannot reach', async () => {
    await start();
    const nowhere = startBridge({
      upstream: { host: '127.0.0.1', port: 1 },
      listen: { socketPath: `${parent}/t` },
    });
    await expect(nowhere).rejects.toMatchObject({
      code: 'OP-003',
      message: expect.stringContaining('127.0.0.1:1') as string,
    });
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  return free;
}
