import * as fs from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import { deserialize, EJSON, serialize } from 'bson';
import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrameReader } from '../../src/wire/frame-reader.ts';
import { parseMessage } from '../../src/wire/message.ts';
import { writeCommandQuery } from '../../src/wire/op-query.ts';
import { sampleBackup, serve } from '../support/mongoq.ts';

const project = path.join(import.meta.dirname, '../..');

let gateway: Awaited<ReturnType<typeof serve>>;
let port: number;
let contents: Record<string, { count: number; type: string }>;

beforeAll(async () => {
  contents = JSON.parse(await fs.readFile(path.join(project, 'test/fixtures/contents/rs0-a-3.json'), 'utf8'));
  gateway = await serve([...sampleBackup, '--engine', 'builtin']);
  port = Number(new URL(gateway.uri.replace('mongodb', 'http')).port);
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
});

const users = (): number => contents['app.users']!.count;

describe('the current driver', () => {
  it('reads every collection', async () => {
    await using client = new MongoClient(gateway.uri);
    for (const [namespace, { type, count }] of Object.entries(contents)) {
      if (type !== 'collection') continue;
      const [db, ...collection] = namespace.split('.');
      const found = client
        .db(db)
        .collection(collection.join('.'))
        .find({}, { batchSize: 500, promoteValues: false });
      let seen = 0;
      while (await found.next()) seen++;
      expect(seen, namespace).toBe(count);
    }
  });

  it('is refused every write of its interface, and nothing has changed', async () => {
    await using client = new MongoClient(gateway.uri);
    const db = client.db('app');
    const collection = db.collection<{ _id: number; a?: number }>('users');
    const writes: Record<string, () => Promise<unknown>> = {
      insertOne: () => collection.insertOne({ _id: -1 }),
      insertMany: () => collection.insertMany([{ _id: -1 }, { _id: -2 }]),
      updateOne: () => collection.updateOne({ _id: 43 }, { $set: { a: 1 } }),
      replaceOne: () => collection.replaceOne({ _id: 43 }, { a: 1 }),
      deleteMany: () => collection.deleteMany({}),
      findOneAndDelete: () => collection.findOneAndDelete({ _id: 43 }),
      bulkWrite: () => collection.bulkWrite([{ deleteOne: { filter: { _id: 43 } } }]),
      createIndex: () => collection.createIndex({ a: 1 }),
      dropIndexes: () => collection.dropIndexes(),
      drop: () => collection.drop(),
      rename: () => collection.rename('other'),
      createCollection: () => db.createCollection('new'),
      dropDatabase: () => db.dropDatabase(),
      out: () => collection.aggregate([{ $out: 'new' }]).toArray(),
      merge: () => collection.aggregate([{ $merge: { into: 'new' } }]).toArray(),
    };
    for (const [name, write] of Object.entries(writes)) {
      const error: unknown = await write().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const refusal = (error as { originalError?: unknown } | undefined)?.originalError ?? error;
      expect(refusal, name).toMatchObject({ code: 20 });
    }
    expect(await collection.countDocuments({})).toBe(users());
  });
});

it('the driver 3.7 reads and is refused writes', async () => {
  const legacy = createRequire(import.meta.url)('mongodb-legacy') as typeof import('mongodb');
  for (const options of [{ useUnifiedTopology: true }, { useUnifiedTopology: false }]) {
    const client = await legacy.MongoClient.connect(gateway.uri, options as object);
    const collection = client.db('app').collection<{ _id: number }>('users');
    expect(await collection.find({}).batchSize(100).toArray()).toHaveLength(users());
    expect(await collection.findOne({ _id: 43 })).toMatchObject({ _id: 43 });
    await expect(collection.insertOne({ _id: -1 })).rejects.toThrow(/read-only mode|retryable/);
    await client.close();
  }
});

describe('the old protocol', () => {
  interface WireLine {
    id: string;
    wire?: string;
    reply: { opcode?: number; responseFlags?: number; documents?: Document[] };
  }
  const lines = readFileSync(path.join(project, 'test/fixtures/conformance/mongod-3.4-admin.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as WireLine)
    .filter(({ id, wire }) => wire !== undefined && /opquery|opgetmore|unknown-op|opcompressed/.test(id));

  it.each(lines.map((line) => [line.id, line] as const))(
    '%s is answered as by mongod 3.4',
    async (_, { wire, reply }) => {
      const message = await exchange(Buffer.from(wire!, 'hex'));
      if (reply.opcode === undefined) {
        expect(message).toBeUndefined();
        return;
      }
      expect(message).toMatchObject({ op: 'reply', flags: reply.responseFlags });
      if (message?.op !== 'reply') return;
      const documents = message.documents.map((document) => deserialize(document));
      const expected = (reply.documents ?? []).map((document) => EJSON.deserialize(document) as Document);
      for (const [index, want] of expected.entries()) {
        const got = documents[index]!;
        if ('ismaster' in want) expect(got).toMatchObject({ ismaster: true, ok: 1 });
        else if ('_id' in want) expect(got).toMatchObject(want);
        else expect({ ...got, $err: want['$err'] }).toEqual({ ...want, $err: want['$err'] });
      }
      expect(documents).toHaveLength(expected.length);
    },
  );

  it('has writes without a reply refused, as getLastError tells', async () => {
    const insert = Buffer.alloc(16 + 4 + 'app.users'.length + 1 + 5);
    insert.writeInt32LE(insert.length, 0);
    insert.writeInt32LE(2002, 12);
    insert.write('app.users', 20, 'latin1');
    insert.writeInt32LE(5, insert.length - 5);
    const ask = Buffer.concat(writeCommandQuery(2, 'app', Buffer.from(serialize({ getLastError: 1 }))));
    const reply = await exchange(Buffer.concat([insert, ask]));
    expect(reply?.op === 'reply' && deserialize(reply.documents[0]!)).toMatchObject({ code: 20, ok: 1 });
  });
});

/** Sends one message on a connection of its own; its reply, or undefined if the server closes it. */
function exchange(frame: Buffer): Promise<ReturnType<typeof parseMessage> | undefined> {
  return new Promise((resolve) => {
    const reader = new FrameReader();
    const socket = connect(port, '127.0.0.1', () => socket.write(frame));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(undefined));
    socket.on('data', (chunk: Buffer) => {
      const [reply] = reader.push(chunk);
      if (!reply) return;
      resolve(parseMessage(reply));
      socket.destroy();
    });
  });
}
