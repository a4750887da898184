import { createRequire } from 'node:module';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { type DelayProxy, startDelayProxy } from '../support/delay-proxy.ts';
import { large, writeLargeCollection } from '../support/large-collection.ts';
import { leftovers } from '../support/leftovers.ts';
import { isolatedEnv, mongoq, sampleBackup, serve, temporaryFolder } from '../support/mongoq.ts';
import { gatewayEndpoint, newBucket, noGateway, useGateway } from '../support/s3.ts';
import { installMongod } from '../support/stand-in-mongod/install.ts';
import { TestShell, type TestShellOptions } from '../support/test-shell.ts';

/** Of the version that still speaks to a server of 3.4. */
const olderDriver = createRequire(import.meta.url)('mongodb-legacy') as typeof import('mongodb');

const { db, collection } = large;
const nothing = `db.${collection}.find({ text: "nothing" }).itcount()`;
const patience = { timeout: 30_000, interval: 50 };

const shells: TestShell[] = [];
const clients: MongoClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const shell of shells.splice(0)) await shell.stop();
});

async function start(options: TestShellOptions): Promise<TestShell> {
  const shell = new TestShell({ ...options, columns: 160 });
  shells.push(shell);
  return shell.started();
}

/** Another client of the gateway that the shell itself uses. */
async function clientBeside(shell: TestShell): Promise<MongoClient> {
  const [uri = ''] = /mongodb:\/\/\S+/.exec(await shell.run('status')) ?? [];
  return clientOf(uri);
}

function clientOf(uri: string, driver = { MongoClient }): MongoClient {
  const client = new driver.MongoClient(uri);
  clients.push(client);
  return client;
}

/** The namespaces of what runs, beside the question itself. */
async function running(client: MongoClient): Promise<string[]> {
  const { inprog } = await client.db('admin').command({ currentOp: 1 });
  return (inprog as { ns: string }[]).map(({ ns }) => ns).filter((ns) => !ns.startsWith('admin.'));
}

async function openCursors(client: MongoClient): Promise<number> {
  const { metrics } = await client.db('admin').command({ serverStatus: 1 });
  return (metrics as { cursor: { open: { total: number } } }).cursor.open.total;
}

/** Processor time of a process so far, in ticks. */
async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return Number(user) + Number(system);
}

/** Resolves once a process has hardly used the processor for half a second. */
async function atRest(pid: number): Promise<void> {
  await vi.waitFor(async () => {
    const before = await ticksOf(pid);
    await delay(500);
    expect((await ticksOf(pid)) - before).toBeLessThan(10);
  }, patience);
}

describe.skipIf(noGateway)('an interrupted query on a slow link', () => {
  let proxy: DelayProxy;
  let args: string[];
  let variables: Record<string, string>;

  beforeAll(async () => {
    variables = useGateway();
    const url = `s3://${await newBucket()}/backups`;
    const store = await openStore(url);
    // Threads start after 64 MiB of documents, a third of these: there is much left to fetch then.
    await writeLargeCollection(store, 1_000_000);
    await store.close();
    proxy = await startDelayProxy({
      targetPort: Number(new URL(gatewayEndpoint()).port),
      latencyMs: 30,
      bytesPerSecond: 500e3,
    });
    const endpoint = ['--endpoint-url', `http://127.0.0.1:${proxy.port}`];
    args = ['--store', url, ...endpoint, '-r', large.replica, '-i', large.id];
  });
  afterAll(() => proxy.stop());

  /** Nothing more is asked of the store, and nothing more comes: what was on its way took seconds still. */
  async function expectSilence(): Promise<void> {
    await delay(300);
    const { requests, bytesDown } = proxy.counts;
    await delay(1000);
    expect(proxy.counts).toMatchObject({ requests, bytesDown });
  }

  it('ends on the gateway and at the store by Ctrl-C', async () => {
    const shell = await start({ args, env: isolatedEnv({ ...variables, MONGOQ_SCAN_THREADS: '0' }) });
    const client = await clientBeside(shell);
    await shell.run(`use ${db}`);
    proxy.reset();
    shell.type(`${nothing}\r`);
    await vi.waitFor(async () => expect(await running(client)).toEqual([`${db}.${collection}`]), patience);
    await vi.waitFor(() => expect(proxy.counts.bytesDown).toBeGreaterThan(2e6), patience);
    shell.press('ctrl-c');
    await shell.waitFor('interrupted');
    await shell.prompted();
    await vi.waitFor(async () => expect(await running(client)).toEqual([]), patience);
    await expectSilence();
    expect(await shell.run('6 * 7')).toBe('42');
  });

  it('ends in the threads that share it', async () => {
    const shell = await start({ args, env: isolatedEnv({ ...variables, MONGOQ_SCAN_THREADS: '2' }) });
    const client = await clientBeside(shell);
    await shell.run(`use ${db}`);
    const threads = async (): Promise<number> => (await readdir(`/proc/${shell.pid}/task`)).length;
    const alone = await threads();
    shell.type(`${nothing}\r`);
    await vi.waitFor(async () => expect(await threads()).toBeGreaterThanOrEqual(alone + 2), {
      ...patience,
      timeout: 60_000,
    });
    const { bytesDown } = proxy.counts;
    await vi.waitFor(() => expect(proxy.counts.bytesDown).toBeGreaterThan(bytesDown + 2e6), patience);
    expect(await running(client)).toEqual([`${db}.${collection}`]);
    shell.press('ctrl-c');
    await shell.waitFor('interrupted');
    await shell.prompted();
    await vi.waitFor(async () => expect(await running(client)).toEqual([]), patience);
    await expectSilence();
    await atRest(shell.pid);
  });

  it('leaves no cursor behind', async () => {
    const shell = await start({ args, env: isolatedEnv({ ...variables, MONGOQ_SCAN_THREADS: '0' }) });
    const client = await clientBeside(shell);
    await shell.run(`use ${db}`);
    shell.type(`print("go" + 1); db.${collection}.find().forEach(() => sleep(1))\r`);
    await shell.waitFor(/^go1$/m);
    await vi.waitFor(async () => expect(await openCursors(client)).toBe(1), patience);
    shell.press('ctrl-c');
    await shell.waitFor('interrupted');
    await vi.waitFor(async () => expect(await openCursors(client)).toBe(0), patience);
    expect(await running(client)).toEqual([]);
    await expectSilence();
  });

  it('ends with `mongoq query` by SIGINT', async () => {
    const env = isolatedEnv(variables);
    proxy.reset();
    const query = mongoq(['query', ...args, '--db', db, '--eval', nothing], { env });
    await vi.waitFor(() => expect(proxy.counts.bytesDown).toBeGreaterThan(2e6), patience);
    query.kill('SIGINT');
    const { exitCode, stdout, stderr } = await query;
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 130, stdout: '', stderr: '' });
    await expectSilence();
    expect(await leftovers(env)).toEqual([]);
  });

  it('ends with the client of a served backup', async () => {
    const served = await serve(args, isolatedEnv({ ...variables, MONGOQ_SCAN_THREADS: '0' }));
    const watching = clientOf(served.uri);
    const asking = new MongoClient(served.uri);
    proxy.reset();
    const asked = asking.db(db).collection(collection).find({ text: 'nothing' }).toArray();
    const refused = expect(asked).rejects.toThrow();
    await vi.waitFor(() => expect(proxy.counts.bytesDown).toBeGreaterThan(2e6), patience);
    expect(await running(watching)).toEqual([`${db}.${collection}`]);
    await asking.close();
    await refused;
    await vi.waitFor(async () => expect(await running(watching)).toEqual([]), patience);
    await expectSilence();
    await atRest(served.pid);
    expect(await served.stop()).toBe(0);
  });
});

describe('an interrupted query on mongod', () => {
  it('is ended by killOp there, too', async () => {
    const env = isolatedEnv();
    const mongod = await installMongod(temporaryFolder());
    const engine = ['--engine', 'mongod', '--mongod-path', mongod, '--download'];
    const shell = await start({ args: [...sampleBackup, ...engine], env });
    const gateway = await clientBeside(shell);
    const itself = clientOf(`mongodb://${encodeURIComponent(await socketIn(env['HOME']!))}`, olderDriver);
    await itself.connect();
    await shell.run('use app');
    const heavy =
      'db.events.aggregate([{ $lookup: { from: "events", localField: "none", foreignField: "none", as: "x" } }, { $unwind: "$x" }, { $group: { _id: "$x.v", n: { $sum: 1 } } }])';
    shell.type(`${heavy}\r`);
    await vi.waitFor(async () => expect(await running(gateway)).toEqual(['app.events']), patience);
    await vi.waitFor(async () => expect(await running(itself)).toHaveLength(1), patience);
    shell.press('ctrl-c');
    await shell.waitFor('interrupted');
    await shell.prompted();
    await vi.waitFor(async () => expect(await running(gateway)).toEqual([]), patience);
    await vi.waitFor(async () => expect(await running(itself)).toEqual([]), patience);
    expect(await shell.run('db.users.findOne({ _id: 0 }).name.first')).toBe('Quinn');
  });
});

/** The socket that mongod listens on, below a directory. */
async function socketIn(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const socket = entries.find((entry) => entry.isSocket() && entry.name.startsWith('mongodb-'));
  if (!socket) throw new Error(`no socket below ${directory}`);
  return path.join(socket.parentPath, socket.name);
}
