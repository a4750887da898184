import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Catalog } from '../../src/catalog/catalog.ts';
import type { BlockReaderOptions } from '../../src/blocks/create-block-reader.ts';
import { manifestOf } from '../../src/mount/manifest.ts';
import type { ManifestFile } from '../../src/mount/filesystem.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openSession, type TestSession } from '../../test/support/open-session.ts';
import { runCommand } from '../../test/support/run-command.ts';
import type { Link } from './link.ts';
import { type Bucket, mountSystems } from './peers.ts';
import { readAsMongod, readAtRandom, readInOrder } from './reads.ts';
import { fastest, measure, type Row } from './rows.ts';

export interface Place {
  link: Link;
  latencyMs: number;
  bucket: Bucket;
}

export const bigObject: ManifestFile = { path: 'big.sst', key: 'big/object', size: 64 << 20, modifiedMs: 0 };

const MB = 1_000_000;

/** A session of the built-in engine, as far as the prompt: code loaded, replica chosen. */
async function session({ bucket }: Place, replica: string, cache?: BlockReaderOptions): Promise<TestSession> {
  const store = await openStore(`s3://${bucket.bucket}`, { endpointUrl: bucket.endpoint });
  const opened = await openSession(store, cache);
  await opened.session.chooseReplica(replica);
  return opened;
}

async function lookUp(opened: TestSession): Promise<undefined> {
  await opened.session.chooseBackup('1');
  await runCommand(opened.engine(), 'app', { find: 'users', filter: { _id: 42 }, limit: 1 });
}

/** Choosing a backup and asking for one document: cold, and again in a new session with the disk cache. */
export async function openAndFind(place: Place): Promise<Row[]> {
  const { link, latencyMs } = place;
  const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-'));
  const cache = { diskCache: { directory, maxBytes: 1e9 } };
  const rows: Row[] = [];
  for (const system of ['mongoq, cold', 'mongoq, disk cache']) {
    const opened = await session(place, 'bench', cache);
    rows.push(
      await measure(link, { work: 'cb + findOne({_id}), 28 MB', system, latencyMs }, () => lookUp(opened)),
    );
    await opened.close();
  }
  await rm(directory, { recursive: true });
  return rows;
}

/** A mounted backup, from nothing to all that mongod reads before it accepts connections. */
export async function openMounted(place: Place): Promise<Row[]> {
  const { link, latencyMs, bucket } = place;
  const store = await openStore(`s3://${bucket.bucket}`, { endpointUrl: bucket.endpoint });
  const files = manifestOf(await new Catalog(store).loadBackup('bench', '1'));
  await store.close();
  const rows: Row[] = [];
  for (const { name, mount } of mountSystems) {
    if (!mount) continue;
    const what = { work: 'mount + what mongod opens, 28 MB', system: name, latencyMs };
    let close = () => Promise.resolve();
    rows.push(
      await measure(link, what, async () => {
        const started = performance.now();
        const mounted = await mount(bucket, files);
        close = mounted.close;
        const mountedMs = performance.now() - started;
        await readAsMongod(files, mounted.pathOf);
        return `${(mountedMs / 1000).toFixed(2)} s until mounted`;
      }),
    );
    await close();
  }
  return rows;
}

/** One file of 64 MiB through each mount: in order, then (mounted anew) at random. */
export async function readMounted({ link, latencyMs, bucket }: Place): Promise<Row[]> {
  const rows: Row[] = [];
  const works: [string, (file: string) => Promise<void>][] = [
    ['sequential read of 64 MiB', readInOrder],
    ['20 random reads of 16 KiB', (file) => readAtRandom(file, bigObject.size)],
  ];
  for (const [work, run] of works) {
    for (const { name, mount } of mountSystems) {
      if (!mount) continue;
      const what = { work, system: name, latencyMs };
      const once = async (): Promise<Row> => {
        const mounted = await mount(bucket, [bigObject]);
        const row = await measure(link, what, async () => {
          await run(mounted.pathOf(bigObject));
          return undefined;
        });
        await mounted.close();
        return row;
      };
      rows.push(await fastest(once));
    }
  }
  rows.push(await parallelGets({ link, latencyMs, bucket }, works[0]?.[0] ?? '', bigObject.size));
  return rows;
}

/** What the link gives: GETs of 4 MiB by the SDK, sixteen at a time. */
export async function parallelGets(
  { link, latencyMs, bucket }: Place,
  work: string,
  bytes: number,
): Promise<Row> {
  const client = new S3Client({
    endpoint: bucket.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
  });
  const piece = Math.min(4 << 20, Math.ceil(bytes / 16));
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let start = next; start < bytes; start = next) {
      next += piece;
      const Range = `bytes=${start}-${Math.min(bytes, start + piece) - 1}`;
      const answer = await client.send(
        new GetObjectCommand({ Bucket: bucket.bucket, Key: bigObject.key, Range }),
      );
      await answer.Body?.transformToByteArray();
    }
  };
  const row = await fastest(() =>
    measure(link, { work, system: 'SDK, 16 GETs at once', latencyMs }, async () => {
      next = 0;
      await Promise.all(Array.from({ length: 16 }, worker));
      return undefined;
    }),
  );
  client.destroy();
  return row;
}

/** Every document of two collections, by the built-in engine; then the same number of bytes by plain GETs. */
export async function scan(place: Place): Promise<Row[]> {
  const { link, latencyMs } = place;
  const work = 'full scan of events and orders';
  const pipeline = [{ $group: { _id: null, n: { $sum: 1 } } }];
  const run = (opened: TestSession, system: string): Promise<Row> =>
    measure(link, { work, system, latencyMs }, async () => {
      const before = process.cpuUsage();
      for (const aggregate of ['events', 'orders']) {
        await runCommand(opened.engine(), 'app', { aggregate, pipeline, cursor: {} });
      }
      const used = process.cpuUsage(before);
      return `${((used.user + used.system) / 1e6).toFixed(2)} s of CPU`;
    });
  let warm: Row | undefined;
  const cold = await fastest(async () => {
    const opened = await session(place, 'bench');
    await opened.session.chooseBackup('1');
    const row = await run(opened, 'mongoq');
    warm = await run(opened, 'mongoq, in memory');
    await opened.close();
    return row;
  });
  return [cold, ...(warm ? [warm] : []), await parallelGets(place, work, Math.round(cold.bytes))];
}

/** The compiled program, as a user starts it, on one document of the synthetic replica; with its peak of memory. */
export async function openLarge(place: Place, code: string, main: string): Promise<Row> {
  const { link, latencyMs, bucket } = place;
  const args = ['query', '--store', `s3://${bucket.bucket}`, '--endpoint-url', bucket.endpoint, '--no-cache'];
  const what = { work: 'cb + findOne({_id}), 640 GB', system: 'mongoq, the program', latencyMs };
  return measure(link, what, async () => {
    const child = spawn(
      process.execPath,
      [main, ...args, '-r', 'huge', '-i', '1', '--engine', 'builtin', '--db', 'huge', '--eval', code],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let peak = 0;
    const timer = setInterval(() => {
      readFile(`/proc/${child.pid}/status`, 'utf8').then(
        (text) => (peak = Math.max(peak, Number(/VmHWM:\s*(\d+)/.exec(text)?.[1] ?? 0))),
        () => undefined,
      );
    }, 20);
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const [exit] = (await once(child, 'close')) as [number];
    clearInterval(timer);
    if (exit !== 0 || !output.includes('thing ')) throw new Error(`mongoq ended with ${exit}: ${output}`);
    return `${((peak * 1024) / MB).toFixed(0)} MB of memory`;
  });
}

/** Listings of a store of many replicas and backups, as `lr` and `lb` ask for them. */
export async function listMany(place: Place): Promise<Row[]> {
  const { link, latencyMs } = place;
  const store = await openStore(`s3://${place.bucket.bucket}`, { endpointUrl: place.bucket.endpoint });
  const opened = await openSession(store);
  const lr = await measure(
    link,
    { work: 'lr, 1,000 replicas', system: 'mongoq', latencyMs },
    async () => `${(await opened.session.listReplicas()).length} replicas`,
  );
  await opened.session.chooseReplica('r0');
  const lb = await measure(link, { work: 'lb, 10,000 backups', system: 'mongoq', latencyMs }, async () => {
    const listed = await opened.session.listBackups();
    await opened.session.withStats(listed.slice(-100));
    return `${listed.length} backups`;
  });
  await opened.close();
  return [lr, lb];
}
