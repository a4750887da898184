import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deserialize, serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeEngine } from '../../test/support/fake-engine.ts';
import { writeMsg } from '../wire/op-msg.ts';
import { type Gateway, type GatewayOptions, startGateway } from './server.ts';

const users = Array.from({ length: 250 }, (_, _id) => ({ _id, name: `user${_id}` }));

let engine: FakeEngine;
let gateway: Gateway;
let client: MongoClient;

async function start(options: Partial<GatewayOptions> = {}): Promise<void> {
  engine = new FakeEngine({ 'app.users': users });
  gateway = await startGateway({ engine, listen: { host: '127.0.0.1', port: 0 }, ...options });
  client = new MongoClient(gateway.uri, { serverSelectionTimeoutMS: 5000 });
}

/** `{ping: {"": {"": ...}}, $db: "app"}` with so many levels. */
function nested(levels: number): Buffer {
  const database = Buffer.from('\x02$db\0\x04\0\0\0app\0', 'latin1');
  const depths = levels - 1;
  // Every level: length, type 3, the name (empty but for the outermost's) and a zero at the end; the innermost is empty.
  const inner = Buffer.alloc(depths * 7 - 2);
  for (let level = 0; level < depths; level++) {
    const at = level * 6;
    inner.writeInt32LE((depths - level) * 7 - 2, at);
    if (level < depths - 1) inner[at + 4] = 3;
  }
  const head = Buffer.from('\0\0\0\0\x03ping\0', 'latin1');
  const document = Buffer.concat([head, inner, database, Buffer.alloc(1)]);
  document.writeInt32LE(document.length, 0);
  return document;
}

afterEach(async () => {
  await client.close();
  await gateway.close();
});

describe('the current driver', () => {
  beforeEach(() => start());

  it('reads a collection over several batches', async () => {
    const found = await client
      .db('app')
      .collection<{ _id: number }>('users')
      .find({}, { batchSize: 100 })
      .toArray();
    expect(found).toEqual(users);
  });

  it('sends nothing of its transport to the engine', async () => {
    await client.db('app').collection('users').findOne({});
    const { command } = engine.seen.find((one) => 'find' in one.command)!;
    expect(Object.keys(command)).toEqual(
      ['find', 'filter', 'limit', 'singleBatch', 'batchSize'].filter((key) => key in command),
    );
  });

  it('is refused a write with the code of a read-only mongod', async () => {
    const refusal = { code: 20, codeName: 'IllegalOperation' };
    const app = client.db('app');
    await expect(app.command({ insert: 'users', documents: [{ _id: 1 }] })).rejects.toMatchObject(refusal);
    // The driver's own methods take every 20 for a missing replica set and keep the server's answer beside it.
    const insertOne = app.collection<{ _id: number }>('users').insertOne({ _id: 1 });
    await expect(insertOne).rejects.toMatchObject({ originalError: refusal });
    expect(engine.seen.filter(({ command }) => 'insert' in command)).toEqual([]);
  });

  it('lists and kills operations', async () => {
    const forever = client.db('app').collection('forever').find().toArray();
    const refused = expect(forever).rejects.toMatchObject({ code: 11601 });
    const admin = client.db('admin');
    const opid = await vi.waitFor(async () => {
      const { inprog } = await admin.command({ currentOp: 1, ns: 'app.forever' });
      expect(inprog).toHaveLength(1);
      return inprog[0].opid as number;
    });
    await admin.command({ killOp: 1, op: opid });
    await refused;
    expect(engine.aborted).toBe(1);
  });

  it('lists operations by any filter', async () => {
    const forever = client.db('app').collection('forever').find().toArray();
    forever.catch(() => undefined);
    const admin = client.db('admin');
    const namespaces = async (filter: object): Promise<unknown[]> => {
      const { inprog } = await admin.command({ currentOp: 1, ...filter });
      return (inprog as { ns: string }[]).map(({ ns }) => ns);
    };
    await vi.waitFor(async () => expect(await namespaces({ $all: true })).toContain('app.forever'));
    for (const filter of [
      { ns: /^app/ },
      { ns: { $in: ['app.forever'] }, secs_running: { $lt: 100 } },
      { $or: [{ ns: 'app.none' }, { 'query.find': 'forever' }] },
      { active: true, ns: { $ne: 'admin.$cmd' } },
    ])
      expect(await namespaces(filter)).toEqual(['app.forever']);
    expect(await namespaces({ secs_running: { $gt: 100 } })).toEqual([]);
    await expect(namespaces({ secs_running: { $gtt: 1 } })).rejects.toMatchObject({
      code: 2,
      codeName: 'BadValue',
    });
  });

  it('lists operations by a stage too', async () => {
    const forever = client.db('app').collection('forever').find().toArray();
    forever.catch(() => undefined);
    await vi.waitFor(async () => {
      const pipeline = [{ $currentOp: { allUsers: true } }, { $match: { ns: 'app.forever' } }];
      expect(await client.db('admin').aggregate(pipeline).toArray()).toMatchObject([{ ns: 'app.forever' }]);
    });
    await expect(
      client
        .db('app')
        .aggregate([{ $currentOp: {} }])
        .toArray(),
    ).rejects.toMatchObject({ code: 40324 });
  });

  it('may send what servers learned later and what changes no answer', async () => {
    const users = client.db('app').collection('users');
    await users.aggregate([], { comment: { a: 1 }, hint: '_id_' }).toArray();
    await users.find({}, { sort: { _id: 1 }, allowDiskUse: true }).toArray();
    const fields = engine.seen.flatMap(({ command }) => Object.keys(command));
    expect(fields).not.toContain('comment');
    expect(fields).not.toContain('hint');
    expect(fields).not.toContain('allowDiskUse');
  });

  it('may have settings that concern writes or other members of a set', async () => {
    const uri = `${gateway.uri}?w=majority&readConcernLevel=available&readPreference=nearest`;
    await using other = new MongoClient(uri, { serverApi: '1' });
    const users = other.db('app').collection<{ _id: number }>('users');
    expect(await users.findOne({ _id: 7 })).toEqual({ _id: 7, name: 'user7' });
    await users.aggregate([]).toArray();
    await users.countDocuments();
    const fields = engine.seen.flatMap(({ command }) => Object.keys(command));
    expect(fields).toEqual(expect.arrayContaining(['find', 'aggregate']));
    expect(fields).not.toContain('writeConcern');
    expect(fields).not.toContain('readConcern');
    // What 3.4 knows and answers for itself.
    await client.db('app').command({ find: 'users', readConcern: { level: 'majority' } });
    await client.db('app').command({ find: 'users', writeConcern: { w: 1 } });
    const [majority, write] = engine.seen.slice(-2).map(({ command }) => command);
    expect(majority).toMatchObject({ readConcern: { level: 'majority' } });
    expect(write).toMatchObject({ writeConcern: { w: 1 } });
  });

  it('may read in a session', async () => {
    const users = client.db('app').collection('users');
    await client.withSession({ causalConsistency: true }, async (session) => {
      expect(await users.find({}, { session, batchSize: 100 }).toArray()).toHaveLength(250);
    });
    expect(await client.db('admin').command({ startSession: 1 })).toMatchObject({ timeoutMinutes: 30 });
    expect(engine.seen.flatMap(({ command }) => Object.keys(command))).not.toContain('lsid');
  });

  it('is refused a transaction as by a server without a replica set', async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      const read = client.db('app').collection('users').findOne({}, { session });
      await expect(read).rejects.toMatchObject({
        code: 20,
        message: /^Transaction numbers are only allowed/,
      });
    });
    expect(engine.seen).toEqual([]);
  });

  it('aborts what it asked for when it goes away', async () => {
    const forever = client.db('app').collection('forever').find().toArray();
    forever.catch(() => undefined);
    await vi.waitFor(() =>
      expect(engine.seen.some(({ command }) => command['find'] === 'forever')).toBe(true),
    );
    await client.close(true);
    await vi.waitFor(() => expect(engine.aborted).toBe(1));
  });

  it('gets the next engine after a switch, on the same connection', async () => {
    await client.db('app').collection('users').findOne({});
    gateway.setEngine(new FakeEngine({ 'app.users': [{ _id: 'other' }] }));
    expect(await client.db('app').collection('users').find().toArray()).toEqual([{ _id: 'other' }]);
  });
});

describe('authentication', () => {
  // With a soft hyphen and a wide space, which clients leave out and take for a narrow one.
  const password = 'ge\u00adhé,=\u3000im';
  beforeEach(() => start({ auth: { user: 'häns', password } }));

  const as = (
    given: string,
    authMechanism: 'DEFAULT' | 'SCRAM-SHA-1' | 'SCRAM-SHA-256' = 'DEFAULT',
  ): MongoClient =>
    new MongoClient(gateway.uri, {
      auth: { username: 'häns', password: given },
      authMechanism,
      serverSelectionTimeoutMS: 5000,
    });

  it.each(['DEFAULT', 'SCRAM-SHA-1', 'SCRAM-SHA-256'] as const)(
    'lets the user in by %s',
    async (mechanism) => {
      await using user = as(password, mechanism);
      expect(await user.db('app').collection('users').countDocuments({})).toBeDefined();
      const { authInfo } = await user.db('admin').command({ connectionStatus: 1 });
      expect(authInfo.authenticatedUsers).toEqual([{ user: 'häns', db: 'admin' }]);
    },
  );

  it('keeps a wrong password out', async () => {
    await using user = as('wrong');
    await expect(user.db('app').collection('users').findOne({})).rejects.toMatchObject({ code: 18 });
  });

  it('refuses commands of nobody', async () => {
    await expect(client.db('app').collection('users').findOne({})).rejects.toMatchObject({ code: 13 });
    expect(engine.seen).toEqual([]);
  });
});

describe('a private socket', () => {
  it('is reached by its URI and gone afterwards', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-test-'));
    const socketPath = path.join(directory, 's.sock');
    await start({ listen: { socketPath } });
    expect(await client.db('app').collection<{ _id: number }>('users').findOne({ _id: 7 })).toEqual(users[7]);
    await client.close();
    await gateway.close();
    await rm(directory, { recursive: true });
  });
});

describe('clients that misbehave', () => {
  it('are not let in beyond loopback without authentication', async () => {
    await start();
    await expect(startGateway({ engine, listen: { host: '0.0.0.0', port: 0 } })).rejects.toMatchObject({
      code: 'GW-001',
    });
  });

  it('are cut off when they send no protocol, and others are served', async () => {
    await start();
    const { port } = new URL(gateway.uri.replace('mongodb', 'http'));
    const closed = new Promise((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
      socket.on('close', resolve).on('error', () => undefined);
    });
    await closed;
    expect(await client.db('app').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it.each([201, 1_000_000])('are told that a command of %i levels is too deep', async (levels) => {
    await start();
    const { port } = new URL(gateway.uri.replace('mongodb', 'http'));
    const reply = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1').on('data', resolve).on('close', reject);
      for (const part of writeMsg(1, 0, nested(levels))) socket.write(part);
    });
    // A header of 16 bytes, the flags, and the kind of the section.
    expect(deserialize(reply.subarray(21))).toMatchObject({ ok: 0, code: 22, codeName: 'InvalidBSON' });
    expect(await client.db('app').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('are kept for more than the longest time of a timer', async () => {
    await start({ limits: { idleMs: 720 * 3_600_000 } });
    const { port } = new URL(gateway.uri.replace('mongodb', 'http'));
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    expect(await client.db('app').command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(await client.db('app').command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(socket.readyState).toBe('open');
    socket.destroy();
  });

  it('are refused names of databases that no server has, which could hide a command', async () => {
    await start();
    const { port } = new URL(gateway.uri.replace('mongodb', 'http'));
    const command = serialize({ buildInfo: 1, $db: 'app.$cmd\0\0\0\0\0\x01\0\0\0' });
    const reply = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1').on('data', resolve).on('close', reject);
      for (const part of writeMsg(1, 0, Buffer.from(command))) socket.write(part);
    });
    expect(deserialize(reply.subarray(21))).toMatchObject({ ok: 0, code: 73, codeName: 'InvalidNamespace' });
    expect(engine.seen).toEqual([]);
  });

  it('hold one reply in memory, however many they ask for and never read', async () => {
    await start({ limits: { sendMs: 60_000 } });
    const big = new FakeEngine({
      'app.big': Array.from({ length: 100 }, (_, _id) => ({ _id, text: 'x'.repeat(100_000) })),
    });
    gateway.setEngine(big);
    const { port } = new URL(gateway.uri.replace('mongodb', 'http'));
    const socket = connect(Number(port), '127.0.0.1');
    socket.pause();
    const request = Buffer.concat(writeMsg(1, 0, Buffer.from(serialize({ find: 'big', $db: 'app' }))));
    for (let n = 0; n < 20; n++) socket.write(request);
    await vi.waitFor(() => expect(big.seen.length).toBeGreaterThan(0));
    expect(await client.db('app').command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(big.seen.length).toBeLessThan(3);
    socket.destroy();
    await vi.waitFor(() => expect(gateway.connections).toBeLessThan(5));
  });

  const port = (): number => Number(new URL(gateway.uri.replace('mongodb', 'http')).port);

  it('go when they have said nothing for longest and there are too many', async () => {
    await start({ limits: { connections: 5, waiting: 95 } });
    const ping = (): Promise<object> => client.db('app').command({ ping: 1 });
    await ping();
    const sockets: { closed: boolean; destroy: () => void }[] = [];
    for (let count = 0; count < 150; count++) {
      const socket = connect(port(), '127.0.0.1');
      socket.on('error', () => undefined).resume();
      await once(socket, 'connect');
      sockets.push(socket);
      expect(await ping()).toMatchObject({ ok: 1 });
    }
    // A hundred may wait, and one of these is the client's other connection, which has greeted.
    await vi.waitFor(() => expect(sockets.filter(({ closed }) => closed).length).toBe(51), {
      timeout: 20_000,
    });
    expect(sockets.slice(0, 51).every(({ closed }) => closed)).toBe(true);
    expect(gateway.connections).toBe(101);
    await using another = new MongoClient(gateway.uri);
    expect(await another.db('app').command({ ping: 1 })).toMatchObject({ ok: 1 });
    for (const socket of sockets) socket.destroy();
  });

  it('are told so when all places are taken, until one is free', async () => {
    await start({ limits: { connections: 3 } });
    const others = Array.from({ length: 3 }, () => new MongoClient(gateway.uri));
    for (const other of others) await other.db('app').command({ ping: 1 });
    const users = client.db('app').collection<{ _id: number }>('users');
    await expect(users.findOne({ _id: 7 })).rejects.toThrow(
      /^mongoq answers 3 connections at a time and has no place free: close others/,
    );
    await others.pop()!.close();
    expect(await vi.waitFor(() => users.findOne({ _id: 7 }), { timeout: 20_000 })).toEqual({
      _id: 7,
      name: 'user7',
    });
    for (const other of others) await other.close();
  });

  it('do not keep others from sending, however much they leave unfinished', async () => {
    const limit = 1024 ** 2;
    await start({ limits: { pendingBytes: limit } });
    await client.db('app').command({ ping: 1 });
    const unfinished = Buffer.alloc(limit * 0.6);
    unfinished.writeInt32LE(limit * 40);
    let sent = 0;
    for (let count = 0; count < 20; count++) {
      const socket = connect(port(), '127.0.0.1', () => socket.write(unfinished)).on(
        'error',
        () => undefined,
      );
      socket.on('close', () => sent++);
      expect(await client.db('app').command({ ping: 1 })).toMatchObject({ ok: 1 });
    }
    // Two of them together are too many.
    await vi.waitFor(() => expect(sent).toBe(19), { timeout: 20_000 });
    expect(await client.db('app').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });
});
