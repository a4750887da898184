/**
 * What a slow tail costs, with and without second requests: `npm run bench:tail`. Of the requests to a store that is 30 ms
 * away, two of a hundred take a second longer. Look-ups, scans, and reads of 64 MiB through the mount, by turns with
 * and without; prints a table. Nothing else is needed than FUSE. MONGOQ_BENCH_ONLY is a pattern of works' names.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMount } from '../src/mount/mount.ts';
import { openStore, type OpenStoreOptions } from '../src/store/open-store.ts';
import { openSession } from '../test/support/open-session.ts';
import { runCommand } from '../test/support/run-command.ts';
import { MemoryStore } from '../src/store/memory.ts';
import { startLink, type Link } from './link/link.ts';
import { readInOrder } from './link/reads.ts';
import { bigObject } from './link/works.ts';
import { collectionName, dbName, idOf } from './synthetic/documents.ts';
import { serveAsS3 } from './synthetic/http-server.ts';
import { SyntheticStore } from './synthetic/store.ts';

const tail = { share: 0.02, ms: 1000 };
const only = new RegExp(process.env['MONGOQ_BENCH_ONLY'] ?? '');
const lookUps = 50;
const tables = 60;
/** Documents that are looked up; the tables hold more. */
const documents = 100_000;

interface Sample {
  ms: number[];
  requests: number;
  bytes: number;
}

type Work = (link: Link, options: OpenStoreOptions, round: number) => Promise<number[]>;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Look-ups of documents far from each other, one after the other. */
const findOne: Work = async (_, options, round) => {
  const opened = await openSession(await openStore('s3://bench', options));
  await opened.session.chooseReplica('huge');
  await opened.session.chooseBackup('1');
  const times: number[] = [];
  for (let i = 0; i < lookUps; i++) {
    const filter = { _id: idOf(((round * lookUps + i) * 7_919) % documents) };
    const command = { find: collectionName, filter, limit: 1 };
    times.push(await timed(() => runCommand(opened.engine(), dbName, command)));
  }
  await opened.close();
  return times;
};

/** All documents of a collection. */
const scan: Work = async (_, options) => {
  const opened = await openSession(await openStore('s3://bench', options));
  await opened.session.chooseReplica('huge');
  await opened.session.chooseBackup('1');
  const pipeline = [{ $group: { _id: null, n: { $sum: 1 } } }];
  const command = { aggregate: collectionName, pipeline, cursor: {} };
  const ms = await timed(() => runCommand(opened.engine(), dbName, command));
  await opened.close();
  return [ms];
};

/** A file in order through a mount of its own. */
const mounted: Work = async (_, options) => {
  const parent = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-'));
  const mountpoint = path.join(parent, 'mount');
  await mkdir(mountpoint);
  const mount = await startMount({
    mountpoint,
    files: [bigObject],
    store: { url: 's3://bench', options },
    cache: {},
  });
  const ms = await timed(() => readInOrder(path.join(mountpoint, bigObject.path)));
  await mount.close();
  spawnSync('fusermount', ['-uqz', mountpoint]);
  await rm(parent, { recursive: true });
  return [ms];
};

function at(sorted: number[], quantile: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0).toFixed(0);
}

process.env['AWS_ACCESS_KEY_ID'] = 'bench';
process.env['AWS_SECRET_ACCESS_KEY'] = 'bench';
const store = new MemoryStore();
const synthetic = new SyntheticStore({ tables, tableBytes: 1 << 20 });
for await (const { key } of synthetic.list('')) await store.put(key, await synthetic.get(key));
await store.put(bigObject.key, randomBytes(bigObject.size));
const server = await serveAsS3(store, 'bench');
const works: [string, Work, number][] = [
  [`look-up by _id, ${lookUps} in a session`, findOne, 6],
  [`scan of ${tables} MiB`, scan, 8],
  ['64 MiB through the mount', mounted, 8],
];
console.log('| work | second requests | median ms | 95 % | 99 % | all | requests | MB |');
console.log('|---|---|--:|--:|--:|--:|--:|--:|');
for (const [name, work, rounds] of works.filter(([name]) => only.test(name))) {
  const samples = new Map<boolean, Sample>();
  for (let round = 0; round < rounds; round++) {
    for (const hedge of round % 2 === 0 ? [false, true] : [true, false]) {
      const sample = samples.get(hedge) ?? { ms: [], requests: 0, bytes: 0 };
      samples.set(hedge, sample);
      // The same draws for both: the n-th request is late in both or in neither.
      const options = {
        targetPort: server.port,
        latencyMs: 30,
        bytesPerSecond: 50e6,
        tail: { ...tail, seed: 77 + round },
      };
      const link = await startLink(options);
      sample.ms.push(
        ...(await work(link, { endpointUrl: link.endpoint, region: 'us-east-1', hedge }, round)),
      );
      const { requests, bytesDown } = await link.counts();
      sample.requests += requests;
      sample.bytes += bytesDown;
      link.stop();
    }
  }
  for (const [hedge, { ms, requests, bytes }] of samples) {
    const sorted = ms.sort((a, b) => a - b);
    const all = sorted.reduce((a, b) => a + b, 0).toFixed(0);
    const times = [at(sorted, 0.5), at(sorted, 0.95), at(sorted, 0.99), all].join(' | ');
    console.log(
      `| ${name} | ${hedge ? 'yes' : 'no'} | ${times} | ${requests} | ${(bytes / 1e6).toFixed(1)} |`,
    );
  }
}
await server.stop();
