import * as fs from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { serialize } from 'bson';
import { MongoClient, type Collection } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { mapParallel } from '../../src/base/parallel.ts';
import { writeMsg } from '../../src/wire/op-msg.ts';
import { type Asking, keepAsking } from '../support/keep-asking.ts';
import { malformedFrames } from '../support/malformed-frames.ts';
import { sample, sampleBackup, serve } from '../support/mongoq.ts';
import { runs } from '../support/runs.ts';
import { TestShell } from '../support/test-shell.ts';

/** A program under attack: where it listens, and who else asks it. */
interface Target {
  uri: string;
  pid: number;
  open: () => Socket;
  /** What its own user asks, where it has one. */
  own: ((number: number) => Promise<void>)[];
  stop: () => Promise<unknown>;
}

async function startServe(): Promise<Target> {
  const { uri, pid, stop } = await serve([...sampleBackup, '--engine', 'builtin']);
  const port = Number(new URL(uri.replace('mongodb', 'http')).port);
  return { uri, pid, open: () => connect(port, '127.0.0.1'), own: [], stop };
}

/** The shell has a gateway of its own, on a socket that others of the same user reach too. */
async function startShell(): Promise<Target> {
  const shell = await new TestShell({ args: ['--store', sample, '--engine', 'builtin'], rows: 60 }).started();
  await shell.run('cr rs0-a');
  await shell.run('cb 3');
  await shell.run('use app');
  const uri = /mongodb:\S+/.exec(await shell.run('status'))![0];
  const path = decodeURIComponent(/^mongodb:\/\/([^/]+)/.exec(uri)![1]!);
  const ask = async (number: number): Promise<void> => {
    expect(await shell.run(`db.users.countDocuments({_id: {$lte: 5}}) + ${number}`)).toBe(String(6 + number));
  };
  return { uri, pid: shell.pid, open: () => connect(path), own: [ask], stop: () => shell.stop() };
}

/** How many right answers everyone must have while an attack lasts. */
const enough = 30;

describe.each([
  ['mongoq serve', startServe, runs(100_000)],
  ['the interactive shell', startShell, runs(20_000)],
] as const)('%s answers everyone else', (_, start, frames) => {
  let target: Target;
  let client: MongoClient;
  let everyone: Asking[];
  let sizeBefore: number;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    target = await start();
    client = new MongoClient(target.uri);
    await client.connect();
  });

  afterAll(async () => {
    await client.close();
    await target.stop();
  });

  beforeEach(async () => {
    everyone = [known, newcomer, ...target.own].map((ask) => keepAsking(ask));
    await answered(3);
    // The largest size of the process is counted from here on.
    await fs.writeFile(`/proc/${target.pid}/clear_refs`, '5');
    sizeBefore = await megabytes('VmRSS');
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.allSettled(everyone.map((asking) => asking.stop()));
  });

  /** A client that was there before. */
  async function known(number: number): Promise<void> {
    const users = client.db('app').collection<{ _id: number }>('users');
    const few = { _id: { $lte: 5 } };
    if (number % 3 === 0) expect(await users.findOne({ _id: 43 })).toMatchObject({ name: { first: 'Hiro' } });
    else if (number % 3 === 1) expect(await users.countDocuments(few)).toBe(6);
    else expect(await users.find(few, { batchSize: 2 }).toArray()).toHaveLength(6);
  }

  /** One that comes, asks and goes. */
  async function newcomer(): Promise<void> {
    await using other = new MongoClient(target.uri);
    expect(await other.db('app').collection<{ _id: number }>('users').findOne({ _id: 3 })).toMatchObject({
      _id: 3,
    });
  }

  const answered = (count: number): Promise<unknown> =>
    Promise.all(everyone.map((asking) => asking.more(count)));

  async function megabytes(what: 'VmRSS' | 'VmHWM'): Promise<number> {
    const status = await fs.readFile(`/proc/${target.pid}/status`, 'utf8');
    return Number(new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(status)![1]) / 1024;
  }

  /** Everyone had so many right answers since the attack began and no other ones, and the process was never larger by more. */
  async function expectAnswered(before: number[], growth: number): Promise<void> {
    const after = await Promise.all(everyone.map((asking) => asking.stop()));
    for (const [index, count] of after.entries())
      expect(count - before[index]!).toBeGreaterThanOrEqual(enough);
    expect((await megabytes('VmHWM')) - sizeBefore).toBeLessThan(growth);
  }

  const counts = (): number[] => everyone.map((asking) => asking.answered);

  /** A connection that sends these bytes and nothing more. */
  function attack(bytes?: Buffer): Socket {
    const socket = target.open();
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    if (bytes) socket.write(bytes);
    return socket;
  }

  it('while 500 connections say nothing', async () => {
    const before = counts();
    for (let count = 0; count < 500; count++) attack().resume();
    await answered(enough);
    await expectAnswered(before, 150);
  });

  it('while 500 connections greet and say nothing more', async () => {
    const hello = Buffer.concat(writeMsg(1, 0, Buffer.from(serialize({ hello: 1, $db: 'admin' }))));
    const before = counts();
    for (let count = 0; count < 500; count++) attack(hello).resume();
    await answered(enough);
    await expectAnswered(before, 150);
  });

  it(`while it gets ${frames} malformed frames`, async () => {
    const before = counts();
    let refused = 0;
    let asked = false;
    const enoughAsked = answered(enough).then(() => (asked = true));
    // A connection each: the first bad frame of a connection is its last.
    const send = async (frame: Buffer): Promise<void> => {
      const socket = attack().resume();
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.end(frame);
      await closed;
      refused++;
    };
    await mapParallel([...malformedFrames(frames)], 50, send);
    while (!asked) await Promise.race([mapParallel([...malformedFrames(1000)], 50, send), enoughAsked]);
    expect(refused).toBeGreaterThanOrEqual(frames);
    await expectAnswered(before, 300);
  }, 600_000);

  it('while clients ask for much and never read it', async () => {
    const before = counts();
    const find = { find: 'users', batchSize: 100_000, $db: 'app' };
    const asked = Buffer.concat(
      Array.from({ length: 500 }, () => writeMsg(1, 0, Buffer.from(serialize(find)))).flat(),
    );
    for (let count = 0; count < 5; count++) attack(asked).pause();
    await answered(enough);
    await expectAnswered(before, 150);
  });

  it('while clients leave large requests unfinished', async () => {
    const before = counts();
    const unfinished = Buffer.alloc(40 * 1024 ** 2);
    unfinished.writeInt32LE(44 * 1024 ** 2);
    const open = Array.from({ length: 8 }, () => attack(unfinished).resume());
    await vi.waitFor(() => expect(open.filter(({ closed }) => closed).length).toBeGreaterThanOrEqual(5), {
      timeout: 60_000,
    });
    await answered(enough);
    await expectAnswered(before, 400);
  });

  /** Has the others asked for a while, and then the operation ended that `ask` began. */
  async function whileAsked(ask: (collection: Collection) => Promise<unknown>): Promise<void> {
    const before = counts();
    const other = new MongoClient(target.uri, { retryReads: false });
    const killed = expect(ask(other.db('app').collection('events'))).rejects.toThrow();
    await answered(enough);
    const { inprog } = await client.db('admin').command({ currentOp: 1, ns: 'app.events' });
    expect(inprog).toHaveLength(1);
    await client.db('admin').command({ killOp: 1, op: inprog[0].opid as number });
    await killed;
    await other.close();
    await expectAnswered(before, 300);
  }

  it('while a client has a pipeline run that takes minutes', async () => {
    const cross = [
      { $lookup: { from: 'events', localField: 'none', foreignField: 'none', as: 'x' } },
      { $unwind: '$x' },
      { $group: { _id: null, n: { $sum: 1 } } },
    ];
    const twice = [...cross.slice(0, 2), { $project: { x: 1 } }, ...cross];
    await whileAsked((events) => events.aggregate(twice).toArray());
  });

  it('while a client has a script run that never ends', async () => {
    await whileAsked((events) => events.find({ $where: 'while (true) {}' }).toArray());
  });
});
