import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize } from 'bson';
import { execa } from 'execa';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ExitCode } from '../../src/cli/exit-codes.ts';
import { FrameReader } from '../../src/wire/frame-reader.ts';
import { writeMsg } from '../../src/wire/op-msg.ts';
import { isolatedEnv, mongoq, sampleBackup, serve } from '../support/mongoq.ts';
import { pythonWithPymongo } from '../support/python.ts';
import { shells } from '../support/shells.ts';
import { mustSkip } from '../support/skip-reason.ts';
import { TestShell } from '../support/test-shell.ts';

const backup = [...sampleBackup, '--engine', 'builtin'];
const loopback = '127.0.0.1';

/** Runs serve for one test. */
async function withServe(
  args: string[],
  env: Record<string, string>,
  use: (uri: string, pid: number) => Promise<void>,
): Promise<void> {
  const served = await serve([...backup, ...args], isolatedEnv(env));
  try {
    await use(served.uri, served.pid);
  } finally {
    expect(await served.stop()).toBe(0);
  }
}

async function failure(args: string[], env: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await mongoq(['serve', ...backup, ...args], { env: isolatedEnv(env) });
  return { exitCode, stdout, stderr };
}

const portOf = (uri: string): number => Number(new URL(uri.replace('mongodb', 'http')).port);

/** A bare connection; undefined if the server closes it without an answer to hello. */
function greet(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, loopback, () => socket.write(frame({ hello: 1, $db: 'admin' })));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(undefined));
    socket.once('data', () => resolve(socket));
  });
}

const frame = (command: object): Buffer => Buffer.concat(writeMsg(1, 0, Buffer.from(serialize(command))));

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

/** A client that has one connection and keeps it. */
async function holding(uri: string): Promise<MongoClient> {
  const client = new MongoClient(uri, { maxPoolSize: 1 });
  expect(await client.db('app').collection('users').findOne()).toBeTruthy();
  return client;
}

const python = pythonWithPymongo();
const noPymongo = python ? undefined : 'install it by `apt-get install python3-pymongo`';

/** Counts users by PyMongo, once more after a pause of so many seconds; what it printed, or the message of its error. */
async function countInPython(uri: string, pauseSeconds?: number): Promise<string> {
  const script = `
import pymongo, sys, time
users = pymongo.MongoClient(sys.argv[1]).app.users
try:
    counts = [users.estimated_document_count()]
    for pause in sys.argv[2:]:
        time.sleep(float(pause))
        counts.append(users.estimated_document_count())
    print(*counts)
except pymongo.errors.OperationFailure as error:
    print(error)`;
  const pauses = pauseSeconds === undefined ? [] : [String(pauseSeconds)];
  return (await execa(python!, ['-c', script, uri, ...pauses])).stdout;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await fs.readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

describe('serve --auth', () => {
  const env = { MONGOQ_SERVE_PASSWORD: 'päss word' };
  const auth = { username: 'reader', password: 'päss word' };

  it('lets in who has the password, and nobody else', async () => {
    await withServe(['--auth', 'reader'], env, async (uri) => {
      for (const authMechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'DEFAULT'] as const) {
        await using client = new MongoClient(uri, { auth, authMechanism });
        expect(await client.db('app').collection('users').countDocuments()).toBeGreaterThan(0);
      }
      for (const wrong of [
        { ...auth, password: 'pass word' },
        { ...auth, username: 'writer' },
      ]) {
        await using client = new MongoClient(uri, { auth: wrong });
        await expect(client.connect()).rejects.toMatchObject({ code: 18 });
      }
    });
  });

  it('tells strangers who it is and refuses them everything else', async () => {
    await withServe(['--auth', 'reader'], env, async (uri) => {
      await using client = new MongoClient(uri);
      expect(await client.db('admin').command({ hello: 1 })).toMatchObject({ ok: 1 });
      const commands = [
        { find: 'users' },
        { listCollections: 1 },
        { aggregate: 'users', pipeline: [], cursor: {} },
        { getMore: 1n, collection: 'users' },
        { insert: 'users', documents: [{}] },
        { serverStatus: 1 },
        { currentOp: 1 },
        { killOp: 1, op: 1 },
        { noSuchCommand: 1 },
      ];
      for (const command of commands) {
        await expect(client.db('admin').command(command), Object.keys(command)[0]).rejects.toMatchObject({
          code: 13,
        });
      }
    });
  });

  it('is needed for an address that other machines reach, and needs a password', async () => {
    expect(await failure(['--host', '0.0.0.0', '--port', '0'])).toMatchObject({
      exitCode: ExitCode.error,
      stdout: '',
      stderr: expect.stringMatching(/0\.0\.0\.0 is reachable from other machines[^]*--auth/) as string,
    });
    expect(await failure(['--auth', 'reader', '--port', '0'])).toMatchObject({
      exitCode: ExitCode.usage,
      stderr: expect.stringContaining('MONGOQ_SERVE_PASSWORD') as string,
    });
    await withServe(['--host', '0.0.0.0', '--auth', 'reader'], env, async (uri) => {
      await using client = new MongoClient(uri.replace('0.0.0.0', loopback), { auth });
      expect(await client.db('app').collection('users').findOne()).toBeTruthy();
    });
  });
});

describe('the password of serve, typed on a terminal', () => {
  const asked = async (): Promise<TestShell> => {
    const serving = ['serve', ...sampleBackup, '--port', '0', '--auth', 'reader'];
    const shell = new TestShell({ args: serving });
    shells.push(shell);
    await shell.waitFor('password for reader:');
    return shell;
  };

  it('is not shown', async () => {
    const shell = await asked();
    shell.type('swordfish\r');
    await shell.waitFor('listening on mongodb://127.0.0.1:');
    expect(shell.raw).not.toContain('swordfish');
  });

  it('may not be empty', async () => {
    const shell = await asked();
    shell.press('enter');
    expect(await shell.exited).toBe(ExitCode.usage);
    expect(shell.output).toContain('a password is needed (CLI-001)');
  });

  it.each(['ctrl-c', 'ctrl-d'] as const)('is not asked for any more after %s', async (key) => {
    const shell = await asked();
    shell.press(key);
    expect(await shell.exited).toBe(ExitCode.cancelled);
    expect(shell.raw).not.toContain('Warning');
  });
});

describe.skipIf(mustSkip('serve with TLS', whyNoOpenssl()))('serve --tls-cert --tls-key', () => {
  let directory: string;
  let cert: string;
  let key: string;

  beforeAll(async () => {
    directory = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-serve-test-'));
    cert = path.join(directory, 'cert.pem');
    key = path.join(directory, 'key.pem');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...made, ...subject], { stdio: 'ignore' });
  });
  afterAll(() => fs.rm(directory, { recursive: true }));

  it('speaks TLS only', async () => {
    await withServe(['--tls-cert', cert, '--tls-key', key], {}, async (uri) => {
      await using client = new MongoClient(uri, { tlsCAFile: cert });
      expect(await client.db('app').collection('users').findOne()).toBeTruthy();
      for (const refused of [uri, uri.replace('?tls=true', '')]) {
        await using other = new MongoClient(refused, { serverSelectionTimeoutMS: 1000 });
        await expect(other.connect(), refused).rejects.toThrow();
      }
    });
  });

  it('says what is wrong with the files', async () => {
    const usage = (says: RegExp) => ({
      exitCode: ExitCode.usage,
      stderr: expect.stringMatching(says) as string,
    });
    const nowhere = path.join(directory, 'none.pem');
    expect(await failure(['--tls-cert', cert])).toMatchObject(usage(/go together/));
    expect(await failure(['--tls-cert', nowhere, '--tls-key', key])).toMatchObject(usage(/cannot be read/));
    const exchanged = ['--port', '0', '--tls-cert', key, '--tls-key', cert];
    expect(await failure(exchanged)).toMatchObject(usage(/are no certificate with its key/));
  });
});

describe('the limits of serve', () => {
  const tooMany = /mongoq answers 2 connections at a time and has no place free/;
  const patience = { timeout: 20_000 };

  it('tell a client beyond --max-connections so, and answer it when another has left', async () => {
    await withServe(['--max-connections', '2'], {}, async (uri) => {
      const first = await Promise.all([holding(uri), holding(uri)]);
      await using late = new MongoClient(uri);
      const users = late.db('app').collection('users');
      await expect(users.findOne()).rejects.toThrow(tooMany);
      await first.pop()!.close();
      await vi.waitFor(async () => expect(await users.findOne()).toBeTruthy(), patience);
      await first.pop()!.close();
    });
  });

  it('close connections that are idle for --idle-timeout, and drivers go on', async () => {
    await withServe(['--idle-timeout', '2s'], {}, async (uri) => {
      await using client = new MongoClient(uri);
      const users = client.db('app').collection('users');
      expect(await users.findOne()).toBeTruthy();
      const socket = await greet(portOf(uri));
      await closed(socket!);
      expect(await users.findOne()).toBeTruthy();
    });
  });

  describe.skipIf(mustSkip('pymongo', noPymongo))('with pymongo', () => {
    it('tell a client beyond --max-connections so, and answer it when another has left', async () => {
      await withServe(['--max-connections', '2'], {}, async (uri) => {
        const first = await Promise.all([holding(uri), holding(uri)]);
        expect(await countInPython(uri)).toMatch(tooMany);
        await first.pop()!.close();
        await vi.waitFor(async () => expect(await countInPython(uri)).toBe('1498'), patience);
        await first.pop()!.close();
      });
    });

    it('close connections that are idle for --idle-timeout, and the driver goes on', async () => {
      await withServe(['--idle-timeout', '2s'], {}, async (uri) => {
        expect(await countInPython(uri, 3)).toBe('1498 1498');
      });
    });
  });

  it('serves several clients at once', async () => {
    await withServe([], {}, async (uri) => {
      const read = async (): Promise<unknown[]> => {
        await using client = new MongoClient(uri);
        return await client.db('app').collection('users').find({}, { batchSize: 50 }).toArray();
      };
      const [first, ...others] = await Promise.all(Array.from({ length: 8 }, read));
      for (const other of others) expect(other).toEqual(first);
    });
  });

  it('survives 500 connections at once without growing', async () => {
    await withServe(['--max-connections', '50'], {}, async (uri, pid) => {
      const flood = async (): Promise<void> => {
        const sockets = await Promise.all(Array.from({ length: 500 }, () => greet(portOf(uri))));
        for (const socket of sockets) socket?.destroy();
      };
      await flood();
      const before = await residentBytes(pid);
      for (let round = 0; round < 4; round++) await flood();
      await using client = new MongoClient(uri);
      await vi.waitFor(async () => expect(await client.db('app').command({ ping: 1 })).toBeTruthy(), {
        timeout: 20_000,
      });
      expect((await residentBytes(pid)) - before).toBeLessThan(100 * 1024 ** 2);
    });
  });
});

it('serve ends in order while it answers a query', async () => {
  const served = await serve(backup, isolatedEnv());
  // A driver that tries again would look for the server for half a minute.
  const client = new MongoClient(served.uri, { retryReads: false });
  const endless = client.db('app').collection('users').find({ $where: 'while (true) {}' }).toArray();
  const refused = expect(endless).rejects.toThrow();
  await vi.waitFor(
    async () => {
      const { inprog } = await client.db('admin').command({ currentOp: 1, ns: 'app.users' });
      expect(inprog).toHaveLength(1);
    },
    { timeout: 20_000 },
  );
  expect(await served.stop()).toBe(0);
  await refused;
  await client.close();
});

it('serve says in one sentence that a port is taken', async () => {
  const other = createServer().listen(0, loopback);
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const { exitCode, stderr } = await failure(['--port', String(port)]);
  other.close();
  expect(exitCode).toBe(ExitCode.error);
  expect(stderr).toMatch(new RegExp(`${loopback}:${port} is in use by another program`));
  expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
});

it('serve answers a message only when all of it is there', async () => {
  await withServe([], {}, async (uri) => {
    const socket = connect(portOf(uri), loopback);
    const reader = new FrameReader();
    const reply = new Promise<number>((resolve) => {
      socket.on('data', (chunk: Buffer) => resolve(reader.push(chunk).length));
    });
    for (const byte of frame({ ping: 1, $db: 'admin' })) {
      await new Promise<void>((resolve) => socket.write(Buffer.of(byte), () => resolve()));
    }
    expect(await reply).toBe(1);
    socket.destroy();
  });
});

function whyNoOpenssl(): string | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'openssl is not installed';
  }
}
