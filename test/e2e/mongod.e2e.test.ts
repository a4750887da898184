import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deserialize, type Document, serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Backup, Catalog } from '../../src/catalog/catalog.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { type MongodEngine, openMongodEngine } from '../../src/engine/mongod/mongod-engine.ts';
import { openBackupOnMongod } from '../../src/engine/mongod/open-backup.ts';
import { probeMongod } from '../../src/engine/mongod/probe.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { whyNoMount } from '../../src/mount/available.ts';
import { createRunDirectory, type RunDirectory } from '../../src/mount/run-directory.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { mountProcessOf } from '../support/mount-process-of.ts';
import { mustSkip } from '../support/skip-reason.ts';
import { installMongod } from '../support/stand-in-mongod/install.ts';

const project = path.join(import.meta.dirname, '../..');
const sample = path.join(project, 'sample');
const isReal = process.env['MONGOQ_TEST_MONGOD'] !== undefined;

let parent: string;
let run: RunDirectory;
let mongod: string;
let backup: Backup;

beforeEach(async () => {
  parent = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-mongod-test-'));
  run = await createRunDirectory(parent);
  mongod = await installMongod(parent);
  backup = await new Catalog(new DirectoryStore(sample)).loadBackup('rs0-a', '3');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await run.remove();
  await fs.rm(parent, { recursive: true, force: true });
});

/** The backup's files as a checkpoint in a real directory. */
async function restoredCheckpoint(): Promise<string> {
  const directory = path.join(parent, 'checkpoint');
  await fs.mkdir(directory);
  for (const { key, name } of backup.files)
    await fs.copyFile(path.join(sample, key), path.join(directory, name));
  return directory;
}

async function ask(engine: Engine, db: string, command: Document): Promise<Document> {
  const request = { db, command: Buffer.from(serialize(command)), signal: new AbortController().signal };
  return deserialize(await engine.run(request));
}

describe('a mongod on a checkpoint', () => {
  const open = async (): Promise<MongodEngine> =>
    openMongodEngine({ mongod, checkpoint: await restoredCheckpoint(), scratch: run.path });

  it('answers, refuses writes, and leaves the files as they were', async () => {
    const engine = await open();
    expect(engine.info.kind).toBe('mongod');
    expect(await ask(engine, 'app', { count: 'users', query: { _id: { $lte: 5 } } })).toMatchObject({
      n: 6,
      ok: 1,
    });
    expect(await ask(engine, 'app', { insert: 'users', documents: [{ _id: 'new' }] })).toMatchObject({
      code: 20,
    });
    await engine.close();
    for (const { key, name } of backup.files) {
      const now = await fs.readFile(path.join(parent, 'checkpoint', name));
      expect(now.equals(await fs.readFile(path.join(sample, key))), name).toBe(true);
    }
  });

  it('takes what a current driver sends, through the gateway', async () => {
    const engine = await open();
    const gateway = await startGateway({
      engine,
      listen: { socketPath: path.join(run.path, 'gateway.sock') },
    });
    await using client = new MongoClient(gateway.uri);
    const users = client.db('app').collection<{ _id: number }>('users');
    const found = await users.find({}, { batchSize: 100, comment: 'x', allowDiskUse: true }).toArray();
    expect(found).toHaveLength(1498);
    expect(
      await users.aggregate([{ $match: { _id: 43 } }], { comment: { a: 1 }, hint: '_id_' }).toArray(),
    ).toHaveLength(1);
    expect(await users.countDocuments({ _id: 43 })).toBe(1);
    await expect(client.db('app').command({ drop: 'users' })).rejects.toMatchObject({ code: 20 });
    await client.close();
    await gateway.close();
    await engine.close();
  });

  it('is not reached by other users of the machine', async () => {
    const engine = await open();
    const command = await fs.readFile(`/proc/${await pidOf(run.path)}/cmdline`, 'utf8');
    const namespaces = [process.pid, await pidOf(run.path)].map((pid) => fs.readlink(`/proc/${pid}/ns/net`));
    const [ours, theirs] = await Promise.all(namespaces);
    if (ours === theirs) expect(command).toContain('127.0.0.1');
    expect((await fs.stat(run.path)).mode & 0o077).toBe(0);
    await engine.close();
  });

  it.skipIf(isReal)('ends an operation by killOp when it is aborted', async () => {
    const engine = await open();
    const controller = new AbortController();
    const command = Buffer.from(serialize({ sleep: 1, millis: 3_600_000 }));
    const sleeping = engine.run({ db: 'admin', command, signal: controller.signal });
    await vi.waitFor(async () => {
      const { inprog } = await ask(engine, 'admin', { currentOp: 1 });
      expect(inprog).toContainEqual(expect.objectContaining({ ns: 'admin.1' }));
    });
    controller.abort();
    expect(deserialize(await sleeping)).toMatchObject({ code: 11601 });
    await engine.close();
  });

  it('is killed with the process that started it, however that ends', async () => {
    const program = path.join(project, 'test/support/mongod-elsewhere.ts');
    const args = ['--import', 'tsx', program, mongod, await restoredCheckpoint(), run.path];
    const child = spawn(process.execPath, args, { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(await pidOf(run.path)).toBeDefined();
    child.kill('SIGKILL');
    await vi.waitFor(async () => expect(await pidOf(run.path)).toBeUndefined(), { timeout: 10_000 });
  });

  it('is killed when it is aborted in the middle of its start', async () => {
    const controller = new AbortController();
    const checkpoint = await restoredCheckpoint();
    const opening = openMongodEngine({ mongod, checkpoint, scratch: run.path, signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
    await vi.waitFor(async () => expect(await pidOf(run.path)).toBeUndefined());
  });

  it('ends in one clear error when mongod is killed', async () => {
    const engine = await open();
    process.kill((await pidOf(run.path))!, 'SIGKILL');
    await engine.ended;
    expect(engine.alive).toBe(false);
    await expect(ask(engine, 'app', { count: 'users' })).rejects.toMatchObject({
      code: 'ENG-005',
      message: expect.stringMatching(/SIGKILL[\s\S]*waiting for connections/) as string,
    });
    await engine.close();
  });

  it('says what mongod logged when it does not start', async () => {
    const checkpoint = await restoredCheckpoint();
    await fs.truncate(
      path.join(checkpoint, backup.files.find(({ name }) => name.startsWith('MANIFEST'))!.name),
      100,
    );
    const opening = openMongodEngine({ mongod, checkpoint, scratch: run.path });
    await expect(opening).rejects.toMatchObject({ code: 'ENG-005' });
  });
});

describe('the binary', () => {
  it('is probed for its version and its engine', async () => {
    expect(await probeMongod(mongod)).toMatchObject({ queryable: true });
    const other = path.join(parent, 'other');
    await fs.writeFile(other, '#!/bin/sh\necho "db version v3.4.10"\n', { mode: 0o755 });
    await expect(probeMongod(other)).rejects.toMatchObject({
      code: 'ENG-004',
      message: expect.stringContaining('RocksDB') as string,
    });
    await expect(probeMongod('/bin/false')).rejects.toMatchObject({ code: 'ENG-004' });
    const missing = openMongodEngine({ mongod: '/nonexistent', checkpoint: parent, scratch: run.path });
    await expect(missing).rejects.toMatchObject({ code: 'ENG-004' });
  });
});

const noMount = mustSkip('mongod on the mount', (await whyNoMount())?.message);

describe('a backup opened on mongod', () => {
  it.each([{ download: false }, { download: true }])(
    'is read and leaves nothing behind: %o',
    async ({ download }) => {
      if (noMount && !download) return;
      vi.stubEnv('XDG_RUNTIME_DIR', parent);
      const before = await fs.readdir(parent);
      const opened = await openBackupOnMongod({
        ...{ backup, mongod, download, onNotice: () => undefined },
        ...{ store: new DirectoryStore(sample), storeUrl: sample, storeOptions: {}, cache: {} },
      });
      expect(await ask(opened.engine, 'app', { find: 'users', filter: { _id: 43 }, limit: 1 })).toMatchObject(
        {
          cursor: { firstBatch: [{ _id: 43 }] },
        },
      );
      expect(opened.alive()).toBe(true);
      if (!download) expect((await opened.counts()).bytesUsed).toBeGreaterThan(0);
      expect(await opened.close()).toEqual([]);
      expect(await fs.readdir(parent)).toEqual(before);
      vi.unstubAllEnvs();
    },
  );

  it.skipIf(noMount)('says so in one sentence when its mount process is killed', async () => {
    vi.stubEnv('XDG_RUNTIME_DIR', parent);
    const notices: string[] = [];
    const opened = await openBackupOnMongod({
      ...{ backup, mongod, onNotice: (notice: string) => notices.push(notice) },
      ...{ store: new DirectoryStore(sample), storeUrl: sample, storeOptions: {}, cache: {} },
    });
    process.kill(await mountProcessOf(process.pid), 'SIGKILL');
    await vi.waitFor(() => expect(opened.alive()).toBe(false));
    await vi.waitFor(async () => {
      await expect(ask(opened.engine, 'app', { count: 'users' })).rejects.toMatchObject({
        code: 'MOUNT-002',
      });
    });
    expect(await opened.close()).toEqual([]);
    expect(await pidOf(parent)).toBeUndefined();
    expect(notices).toHaveLength(1);
  });
});

it.skipIf(isReal)('the stand-in fails where a real one does', async () => {
  const { execa } = await import('execa');
  const data = path.join(parent, 'data');
  await fs.mkdir(path.join(data, 'db'), { recursive: true });
  const start = (...more: string[]) =>
    execa(mongod, ['--dbpath', data, '--port', '0', '--nounixsocket', ...more], {
      reject: false,
      timeout: 20_000,
    });
  await fs.cp(await restoredCheckpoint(), path.join(data, 'db'), { recursive: true });
  const withoutMarker = await start('--storageEngine', 'rocksdb', '--queryableBackupMode');
  expect(withoutMarker.exitCode).toBe(14);
  const { storageBson } = await import('../../src/engine/mongod/storage-bson.ts');
  await fs.writeFile(path.join(data, 'storage.bson'), storageBson(3));
  const withoutJournal = await start('--queryableBackupMode');
  expect(withoutJournal.stdout).toContain('NotFound');
  await fs.mkdir(path.join(data, 'db/journal'));
  await fs.writeFile(path.join(data, 'mongod.lock'), '123\n');
  const unclean = await start('--queryableBackupMode');
  expect(unclean.stdout).toContain('34416');
  expect((await start('--nosuchoption')).exitCode).toBe(2);
});

/** The mongod that works in a scratch directory. */
async function pidOf(scratch: string): Promise<number | undefined> {
  for (const name of await fs.readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const line = await fs.readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (line.includes('--dbpath\0') && line.includes(scratch)) return Number(name);
  }
  return undefined;
}
