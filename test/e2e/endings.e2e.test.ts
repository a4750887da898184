import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient, MongoNetworkError, MongoServerSelectionError } from 'mongodb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ExitCode } from '../../src/cli/exit-codes.ts';
import { whyNoMount } from '../../src/mount/available.ts';
import { keepAsking } from '../support/keep-asking.ts';
import { leftovers, processesOf } from '../support/leftovers.ts';
import { isolatedEnv, mongoq, sampleBackup, serve, temporaryFolder } from '../support/mongoq.ts';
import { startS3Server } from '../support/s3-server.ts';
import { start } from '../support/shells.ts';
import { mustSkip } from '../support/skip-reason.ts';
import { installMongod } from '../support/stand-in-mongod/install.ts';
import { TestShell } from '../support/test-shell.ts';

const missing = (await whyNoMount())?.message;
const mongod = await installMongod(temporaryFolder());
/** The sample on an engine. */
const onEngine = (name: 'builtin' | 'mongod'): string[] => [
  ...sampleBackup,
  ...['--engine', name],
  ...(name === 'mongod' ? ['--mongod-path', mongod] : []),
];

let env: Record<string, string>;
beforeEach(() => {
  env = isolatedEnv();
});

/** A pipeline that takes minutes. */
const heavy = [
  { $lookup: { from: 'events', localField: 'none', foreignField: 'none', as: 'x' } },
  { $unwind: '$x' },
  { $group: { _id: '$x.v', n: { $sum: 1 } } },
];

/** Resolves once a command on this namespace is being answered. */
async function isAsked(client: MongoClient, ns: string): Promise<void> {
  const ask = async (): Promise<void> => {
    const { inprog } = await client.db('admin').command({ currentOp: 1, ns });
    expect(inprog).toHaveLength(1);
  };
  await vi.waitFor(ask, { timeout: 20_000, interval: 50 });
}

/** Nothing is left, perhaps after a moment. */
const nothingLeft = (): Promise<void> =>
  vi.waitFor(async () => expect(await leftovers(env)).toEqual([]), { timeout: 20_000, interval: 100 });

describe('serve with the built-in engine', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends it in order', async (signal) => {
    const served = await serve([...sampleBackup, '--engine', 'builtin'], env);
    expect(await served.stop(signal)).toBe(0);
    await nothingLeft();
  });

  it('leaves nothing that the next start does not remove when it is killed', async () => {
    const child = mongoq([...sampleBackup], { env, input: 'db.a.find()\nsleep(60000)\n' });
    await vi.waitFor(async () => expect((await leftovers(env)).length).toBeGreaterThan(1), {
      timeout: 20_000,
    });
    child.kill('SIGKILL');
    await child;
    expect(await leftovers(env)).toHaveLength(1);
    expect(await mongoq(['query', ...sampleBackup, '--eval', '1'], { env })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    await nothingLeft();
  });
});

describe('a store that does not answer', () => {
  it.each([
    ['query', ['query', '-r', 'rs0-a', '-i', '3', '--eval', '1'], ''],
    ['serve', ['serve', '-r', 'rs0-a', '-i', '3', '--port', '0'], ''],
    ['cb', [], 'cr rs0-a\ncb 3\n'],
  ])('is left at Ctrl-C: %s', async (_, args, input) => {
    let asked = 0;
    const s3 = await startS3Server(() => {
      asked++;
    });
    Object.assign(env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' });
    const child = mongoq([...args, '--store', 's3://bucket/x', '--endpoint-url', s3.endpoint], {
      env,
      input,
    });
    await vi.waitFor(() => expect(asked).toBeGreaterThan(0), { timeout: 20_000 });
    child.kill('SIGINT');
    const { exitCode, stderr } = await child;
    expect({ exitCode, stderr }).toEqual({
      exitCode: ExitCode.cancelled,
      stderr: expect.not.stringMatching(/\n/) as string,
    });
    await nothingLeft();
    await s3.stop();
  });
});

describe.skipIf(mustSkip('mongod on the mount', missing))('serve with mongod', () => {
  /** One of the processes that serve has started. */
  async function pidOf(what: RegExp): Promise<number> {
    const found = (await processesOf(env)).filter(({ command }) => what.test(command));
    return Math.max(...found.map(({ pid }) => pid));
  }

  it('SIGINT during its start leaves nothing', async () => {
    const child = mongoq(['serve', '--port', '0', ...onEngine('mongod')], { env });
    await vi.waitFor(async () => expect(await pidOf(/--dbpath/)).toBeGreaterThan(0), {
      timeout: 60_000,
      interval: 20,
    });
    child.kill('SIGINT');
    expect((await child).exitCode).toBe(ExitCode.cancelled);
    await nothingLeft();
  });

  it('SIGTERM ends everything in order', async () => {
    const served = await serve(onEngine('mongod'), env);
    expect(await served.stop()).toBe(0);
    await nothingLeft();
  });

  it('kill -9 of mongoq ends mongod and the mount; the next start removes the rest', async () => {
    const served = await serve(onEngine('mongod'), env);
    process.kill(served.pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await processesOf(env)).toEqual([]), { timeout: 20_000 });
    expect(await mongoq(['query', ...sampleBackup, '--eval', '1'], { env })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    await nothingLeft();
  });

  it.each([
    ['mongod', /--dbpath/, /mongod 3\.4\.10 ended by SIGKILL/],
    ['the mount', /mount-process/, /the mount process ended/],
  ])(
    'kill -9 of %s is one clear error to the client, and the next question is answered',
    async (_, what, says) => {
      const served = await serve(onEngine('mongod'), env);
      const client = new MongoClient(served.uri);
      const users = client.db('app').collection<{ _id: number }>('users');
      expect(await users.findOne({ _id: 43 })).toMatchObject({ _id: 43 });
      process.kill(await pidOf(what), 'SIGKILL');
      await delay(500);
      await expect(users.find().toArray()).rejects.toThrow(says);
      // Several at once share the backup that is opened again.
      const again = await Promise.all([1, 2, 3].map((_id) => users.findOne({ _id })));
      expect(again).toMatchObject([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
      expect((await processesOf(env)).filter(({ command }) => what.test(command))).toHaveLength(1);
      await client.close();
      expect(await served.stop()).toBe(0);
      await nothingLeft();
    },
  );

  it.each([
    ['mongod', /--dbpath/, 'mongod 3.4.10 ended by SIGKILL'],
    ['the mount', /mount-process/, 'the mount process ended'],
  ])(
    'kill -9 of %s in the middle of a query of the shell is an error, and the shell goes on',
    async (_, what, says) => {
      const shell = await start({ args: onEngine('mongod'), env, columns: 160 });
      const uri = /mongodb:\/\/\S+/.exec(await shell.run('status'))![0];
      await shell.run('use app');
      shell.type(`db.events.aggregate(${JSON.stringify(heavy)})\r`);
      await using beside = new MongoClient(uri);
      await isAsked(beside, 'app.events');
      process.kill(await pidOf(what), 'SIGKILL');
      await shell.prompted();
      expect(shell.output).toContain(says);
      expect(shell.output).not.toMatch(/^ +at /m);
      expect(await shell.run('db.users.findOne({_id: 43}).name.first')).toMatch(
        /backup 3 was opened again[^]*Hiro/,
      );
      expect(await shell.run('db.users.findOne({_id: 43}).name.first')).toBe('Hiro');
      shell.press('ctrl-d');
      expect(await shell.exited).toBe(0);
      await nothingLeft();
    },
  );
});

describe.each(['builtin', 'mongod'] as const)(
  'serve with the engine %s that ends while clients ask',
  (name) => {
    const skip = mustSkip('serve that ends with mongod', name === 'mongod' ? missing : undefined);

    it.skipIf(skip).each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('by %s', async (signal) => {
      const served = await serve([...onEngine(name)], env);
      // A driver that tries again would look for the server for half a minute.
      const once = { retryReads: false, serverSelectionTimeoutMS: 1000 };
      const [slow, quick] = [new MongoClient(served.uri, once), new MongoClient(served.uri, once)];
      const ends = (asked: Promise<unknown>): Promise<unknown> =>
        asked.then(
          () => 'answered',
          (error: unknown) => error,
        );
      const long = ends(slow.db('app').collection('events').aggregate(heavy).toArray());
      const users = quick.db('app').collection<{ _id: number }>('users');
      const asking = keepAsking(async () =>
        expect(await users.findOne({ _id: 43 })).toMatchObject({ _id: 43 }),
      );
      await isAsked(quick, 'app.events');
      await asking.more(5);
      const code = await served.stop(signal);
      expect(code).toBe(signal === 'SIGKILL' ? undefined : 0);
      expect(await long).toBeInstanceOf(MongoNetworkError);
      // Its next question may be the first that finds nobody there.
      const last = await ends(asking.stop());
      expect(
        last instanceof MongoNetworkError || last instanceof MongoServerSelectionError,
        String(last),
      ).toBe(true);
      await slow.close();
      await quick.close();
      if (signal !== 'SIGKILL') await nothingLeft();
      // What nobody could clean up is gone with the next start, for which the port is free.
      await vi.waitFor(async () => expect(await processesOf(env)).toEqual([]), { timeout: 20_000 });
      const next = await serve(
        [...onEngine(name), '--port', new URL(served.uri.replace('mongodb', 'http')).port],
        env,
      );
      await using client = new MongoClient(next.uri);
      expect(await client.db('app').collection('users').countDocuments()).toBe(1498);
      await client.close();
      expect(await next.stop()).toBe(0);
      await nothingLeft();
    });
  },
);

it.skipIf(mustSkip('serve in a terminal with mongod', missing))(
  'serve leaves nothing when its terminal is closed',
  async () => {
    const args = ['serve', '--port', '0', ...onEngine('mongod')];
    const terminal = new TestShell({ args, env, underBash: true });
    await terminal.waitFor(/listening on mongodb:/);
    terminal.hangUp();
    await terminal.exited;
    await nothingLeft();
  },
);

describe.each(['builtin', 'mongod'] as const)(
  'the shell with the engine %s that ends during a query',
  (name) => {
    const skip = mustSkip('a shell that ends with mongod', name === 'mongod' ? missing : undefined);

    it.skipIf(skip).each([
      ['SIGTERM', (shell: TestShell) => process.kill(shell.pid, 'SIGTERM')],
      ['SIGHUP', (shell: TestShell) => process.kill(shell.pid, 'SIGHUP')],
      ['SIGKILL', (shell: TestShell) => process.kill(shell.pid, 'SIGKILL')],
      ['its terminal', (shell: TestShell) => shell.hangUp()],
    ])('by %s leaves nothing, or what the next start removes', async (how, end) => {
      const shell = await start({
        args: [...onEngine(name)],
        env,
        columns: 160,
        underBash: how === 'its terminal',
      });
      const uri = /mongodb:\/\/\S+/.exec(await shell.run('status'))![0];
      await shell.run('use app');
      shell.type(`db.events.aggregate(${JSON.stringify(heavy)})\r`);
      const beside = new MongoClient(uri, { serverSelectionTimeoutMS: 1000 });
      await isAsked(beside, 'app.events');
      end(shell);
      await shell.exited;
      expect(shell.output).not.toMatch(/^ +at /m);
      await beside.close();
      await vi.waitFor(async () => expect(await processesOf(env)).toEqual([]), { timeout: 20_000 });
      if (how === 'SIGKILL')
        await mongoq(['query', ...sampleBackup, '--engine', 'builtin', '--eval', '1'], { env });
      await nothingLeft();
    });
  },
);
