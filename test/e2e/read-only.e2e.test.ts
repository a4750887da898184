import * as fs from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deserialize, EJSON, serialize, type Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoMount } from '../../src/mount/available.ts';
import { FrameReader } from '../../src/wire/frame-reader.ts';
import { parseMessage } from '../../src/wire/message.ts';
import { writeCommandQuery } from '../../src/wire/op-query.ts';
import { OpCode } from '../../src/wire/opcodes.ts';
import { fixtures, isolatedEnv, sample, serve } from '../support/mongoq.ts';
import { mustSkip } from '../support/skip-reason.ts';
import { installMongod } from '../support/stand-in-mongod/install.ts';
import { treeHash } from '../support/tree-hash.ts';
import { sideEffects, writeCommands, type WriteCommand } from '../support/write-commands.ts';

/** Refused as a write (20), or not known to read only: no such command (59), no such stage (40324). */
const refusals = new Set([20, 59, 40324]);

const recorded = readFileSync(path.join(fixtures, 'conformance/refused.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => EJSON.parse(line, { relaxed: false }) as WriteCommand & { id: string });

const missing = (await whyNoMount())?.message;
const engines = ['builtin', 'mongod'].filter(
  (engine) => engine === 'builtin' || !mustSkip('read-only with mongod', missing),
);

describe.each(engines)('with the engine %s', (engine) => {
  let parent: string;
  let store: string;
  let before: Record<string, string>;
  let served: Awaited<ReturnType<typeof serve>>;
  let client: MongoClient;

  beforeAll(async () => {
    parent = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-read-only-'));
    store = path.join(parent, 'store');
    await fs.cp(sample, store, { recursive: true, preserveTimestamps: true });
    before = await treeHash(store);
    const mongod = engine === 'mongod' ? ['--mongod-path', await installMongod(parent)] : [];
    const args = ['--store', store, '-r', 'rs0-a', '-i', '3', '--engine', engine, ...mongod];
    served = await serve(args, isolatedEnv());
    client = new MongoClient(served.uri);
  });

  afterAll(async () => {
    await client.close();
    expect(await served.stop()).toBe(0);
    expect(await treeHash(store)).toEqual(before);
    await fs.rm(parent, { recursive: true, force: true });
  });

  it('refuses every command that writes', async () => {
    for (const { db = 'app', command } of writeCommands) {
      const reply = await failureOf(client.db(db).command(command, { ignoreUndefined: false }));
      expect(refusals, `${EJSON.stringify(command)} gave ${String(reply)}`).toContain(reply);
    }
  });

  it('refuses them in the old protocol too', async () => {
    for (const { db = 'app', command } of writeCommands) {
      const [reply] = await exchange(served.uri, writeCommandQuery(2, db, Buffer.from(serialize(command))));
      expect(refusals, `${EJSON.stringify(command)} gave ${EJSON.stringify(reply)}`).toContain(
        reply?.['code'],
      );
    }
  });

  it.each(recorded)('refuses $id', async ({ db = 'app', command }) => {
    expect(refusals).toContain(await failureOf(client.db(db).command(command)));
  });

  it('refuses the opcodes that write, as getLastError tells', async () => {
    for (const [opcode, ...documents] of [
      [OpCode.insert, { _id: 'new' }],
      [OpCode.update, { _id: 43 }, { $set: { z: 1 } }],
      [OpCode.delete, {}],
    ] as [number, ...Document[]][]) {
      const ask = writeCommandQuery(2, 'app', Buffer.from(serialize({ getLastError: 1 })));
      const [reply] = await exchange(served.uri, [legacyWrite(opcode, 'app.users', documents), ...ask]);
      expect(reply, String(opcode)).toMatchObject({ code: 20, ok: 1 });
    }
  });

  it('lets code in queries touch nothing', async () => {
    for (const { command } of sideEffects) await failureOf(client.db('app').command(command));
    expect(await client.db('app').collection('users').countDocuments({})).toBe(1498);
    expect(
      await client
        .db('app')
        .listCollections({ name: /^(copy|new|renamed2)$/ })
        .toArray(),
    ).toEqual([]);
    await expect(fs.access('/tmp/mongoq-must-not-be')).rejects.toThrow();
  });
});

/** The code with which a command fails; undefined if it does not. */
async function failureOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

/** Sends bytes on a connection of their own; the documents of the first reply. */
function exchange(uri: string, frames: Buffer[]): Promise<Document[]> {
  const { hostname, port } = new URL(uri.replace('mongodb:', 'http:'));
  return new Promise((resolve, reject) => {
    const reader = new FrameReader();
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.concat(frames)));
    socket.on('error', reject);
    socket.on('close', () => resolve([]));
    socket.on('data', (chunk: Buffer) => {
      const [frame] = reader.push(chunk);
      if (!frame) return;
      const message = parseMessage(frame);
      resolve(message.op === 'reply' ? message.documents.map((bytes) => deserialize(bytes)) : []);
      socket.destroy();
    });
  });
}

/** OP_INSERT, OP_UPDATE or OP_DELETE: flags or zero, the namespace, flags for the latter two, documents. */
function legacyWrite(opcode: number, namespace: string, documents: Document[]): Buffer {
  const flags = opcode === OpCode.insert ? [] : [Buffer.alloc(4)];
  const body = Buffer.concat([
    ...[Buffer.alloc(4), Buffer.from(`${namespace}\0`), ...flags],
    ...documents.map((document) => serialize(document)),
  ]);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + body.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(opcode, 12);
  return Buffer.concat([header, body]);
}
