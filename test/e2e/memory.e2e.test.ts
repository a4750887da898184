import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../src/store/directory.ts';
import { large, writeLargeCollection } from '../support/large-collection.ts';
import { serve } from '../support/mongoq.ts';

/** 60 MB of documents: more than a stage may hold before it spills. */
const documents = 300_000;
const limitKiB = 512 * 1024;

let folder: string;
let served: Awaited<ReturnType<typeof serve>>;
let client: MongoClient;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mongoq-memory-'));
  await writeLargeCollection(new DirectoryStore(folder), documents);
  served = await serve(['--store', folder, '-r', large.replica, '-i', large.id, '--engine', 'builtin']);
  client = await MongoClient.connect(served.uri);
});

afterAll(async () => {
  await client.close();
  await served.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform !== 'linux')('a server on a large collection', () => {
  it('stays under 512 MiB while it scans, sorts, groups and spills', async () => {
    const things = client.db(large.db).collection(large.collection);
    const spilling = { allowDiskUse: true, raw: true };
    const group = { $group: { _id: '$many', sum: { $sum: '$value' } } };
    expect(await countOf(things.find({}, { raw: true }))).toBe(documents);
    expect(await countOf(things.find({ few: { $lt: 20 } }))).toBe(documents / 50);
    expect(await countOf(things.find({}).sort({ value: 1 }).limit(1000))).toBe(1000);
    expect(await countOf(things.aggregate([group], spilling))).toBe(documents / 2);
    expect(await countOf(things.aggregate([{ $sort: { value: 1 } }], spilling))).toBe(documents);
    expect(await peakKiB(served.pid)).toBeLessThan(limitKiB);
  }, 300_000);
});

async function countOf(cursor: AsyncIterable<Document>): Promise<number> {
  let count = 0;
  for await (const document of cursor) if (typeof document === 'object') count++;
  return count;
}

/** The most memory that the process has had. */
async function peakKiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}
