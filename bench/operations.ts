/**
 * What backup and restore take beside programs that only copy, rclone and the least that uses the AWS SDK
 * (sdk-copy.ts): `npm run bench:operations`. Starts an S3 server with
 * its data in memory and puts 30 ms in front of it; each program transfers the same files, as a process of its own from
 * its start to its end, in turns: a small replica, in which starting and waiting count most, and one of 480 MiB in files of
 * 32 MiB, whose bytes are computed; what was uploaded is removed each time. Needs Ceph's packages (`scripts/radosgw install`), `apt-get install rclone`, 8 GB of
 * memory, and a store with a replica `bench`: MONGOQ_BENCH_STORE, or the fixtures beside the project.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import { execa } from 'execa';
import { Catalog } from '../src/catalog/catalog.ts';
import { fileMetadataKey } from '../src/catalog/layout.ts';
import { writeFileMetadata } from '../src/catalog/metadata.ts';
import { connectReplica } from '../src/operations/connection.ts';
import { DirectoryStore } from '../src/store/directory.ts';
import type { ObjectStore } from '../src/store/object-store.ts';
import { openStore } from '../src/store/open-store.ts';
import { startRadosgw } from '../test/support/radosgw.ts';
import { startMongod } from '../test/support/stand-in-mongod/start.ts';
import { storeOf } from '../test/support/stores.ts';
import { startLink, type Link } from './link/link.ts';
import { SyntheticStore } from './synthetic/store.ts';

const latencyMs = 30;
const node = process.execPath;
const main = path.join(import.meta.dirname, '../dist/cli/main.js');
const sdk = path.join(import.meta.dirname, '../dist/compiled/sdk.cjs');
const results = path.join(import.meta.dirname, 'results');

/** A backup that is restored, and made again, so many times by each program. */
interface Workload {
  name: 'small' | 'large';
  source: ObjectStore;
  replica: string;
  id: string;
  rounds: number;
}

interface Run {
  workload: string;
  operation: 'start' | 'restore' | 'backup';
  system: string;
  seconds: number[];
}

// The server does not give back at once what is deleted.
process.env['RGW_GB'] ??= '8';
const gateway = await startRadosgw();
const work = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-'));
const runs: Run[] = [];
const sdkCopy = path.join(work, 'sdk-copy.mjs');
let buckets = 0;

const { accessKeyId, secretAccessKey } = gateway;
process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
process.env['AWS_REGION'] = 'us-east-1';
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

async function newBucket(): Promise<string> {
  const client = new S3Client({ endpoint: gateway.endpoint, region: 'us-east-1', forcePathStyle: true });
  const bucket = `bench${buckets++}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return bucket;
}

/** Runs a program through the link and notes how long it took. */
async function time(
  workload: string,
  operation: Run['operation'],
  system: string,
  file: string,
  args: string[],
  endpoint: string,
): Promise<void> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    AWS_ENDPOINT_URL_S3: endpoint,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_LINK_TYPE: 's3',
    RCLONE_CONFIG_LINK_PROVIDER: 'Ceph',
    RCLONE_CONFIG_LINK_ENDPOINT: endpoint,
    RCLONE_CONFIG_LINK_ENV_AUTH: 'true',
  };
  // rclone takes it for the certificate of every endpoint.
  delete env['AWS_CA_BUNDLE'];
  const began = performance.now();
  await execa(file, args, { env, extendEnv: false });
  const seconds = (performance.now() - began) / 1000;
  const known = find(workload, operation, system);
  if (known) known.seconds.push(seconds);
  else runs.push({ workload, operation, system, seconds: [seconds] });
}

function find(workload: string, operation: Run['operation'], system: string): Run | undefined {
  return runs.find(
    (run) => run.workload === workload && run.operation === operation && run.system === system,
  );
}

/** Removes what was uploaded, and gives the server time to give the memory back: it gets slower as that fills. */
async function empty(bucket: string): Promise<void> {
  const store = await openStore(`s3://${bucket}`, { endpointUrl: gateway.endpoint });
  for await (const { key } of store.list('')) await store.delete(key);
  await store.close();
  await delay(4000);
}

/** The same, beginning with another one each round, so that none is always first or last. */
function inTurn<T>(items: readonly T[], round: number): T[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

/** Runs everything of a workload; returns how many files and bytes it has. */
async function measure(
  { name, source, replica, id, rounds }: Workload,
  link: Link,
): Promise<{ workload: string; files: number; bytes: number }> {
  const folder = path.join(work, name);
  await mkdir(folder);
  const stored = await newBucket();
  const target = await openStore(`s3://${stored}`, { endpointUrl: gateway.endpoint });
  for await (const { key } of source.list('')) await target.put(key, await source.get(key));
  const { files } = await new Catalog(source).loadBackup(replica, id);
  // What is computed has made-up partial checksums in its keys; a file's MD5 goes before those.
  for (const file of files) {
    const md5 = createHash('md5')
      .update(await source.get(file.key))
      .digest();
    await target.put(fileMetadataKey(replica, file), writeFileMetadata(md5));
  }
  await target.close();
  const list = path.join(folder, 'files');
  await writeFile(list, files.map(({ key }) => `${key.slice(key.indexOf('/') + 1)}\n`).join(''));

  const data = path.join(folder, 'data');
  const restoreArgs = [main, 'restore', '--store', `s3://${stored}`, '-r', replica, '-i', id, '-t'];
  await execa(process.execPath, [...restoreArgs, data], { env: { AWS_ENDPOINT_URL_S3: gateway.endpoint } });
  const mongod = await startMongod(folder, data);
  const connection = await connectReplica({ host: '127.0.0.1', port: mongod.port });
  const checkpoint = path.join(data, 'checkpoint');
  await connection.command('admin', { setParameter: 1, rocksdbBackup: checkpoint });
  await connection.close();
  const copySdk = (args: string[]): [string, string[]] => [node, [sdkCopy, sdk, ...args]];
  const restores = (round: number): (() => Promise<void>)[] => [
    () =>
      time(name, 'restore', 'mongoq', node, [...restoreArgs, path.join(folder, `m${round}`)], link.endpoint),
    ...['4', '16'].map((transfers) => () => {
      const from = [`link:${stored}/${replica}`, path.join(folder, `r${transfers}-${round}`)];
      const copy = ['copy', '--transfers', transfers, ...from, '--files-from', list];
      return time(name, 'restore', `rclone --transfers ${transfers}`, 'rclone', copy, link.endpoint);
    }),
    () => {
      const copy = copySdk(['get', stored, path.join(folder, `s${round}`), ...files.map(({ key }) => key)]);
      return time(name, 'restore', 'AWS SDK, unchecked', ...copy, link.endpoint);
    },
  ];
  const backups: ((bucket: string) => Promise<void>)[] = [
    (bucket) => {
      const backup = ['backup', '--store', `s3://${bucket}`, '-r', replica, '--port', String(mongod.port)];
      return time(name, 'backup', 'mongoq', node, [main, ...backup], link.endpoint);
    },
    ...['4', '16'].map((transfers) => (bucket: string) => {
      const copy = ['copy', '--transfers', transfers, checkpoint, `link:${bucket}/${replica}`];
      return time(name, 'backup', `rclone --transfers ${transfers}`, 'rclone', copy, link.endpoint);
    }),
    (bucket) =>
      time(
        name,
        'backup',
        'AWS SDK, unchecked',
        ...copySdk(['put', bucket, checkpoint, `${replica}/`]),
        link.endpoint,
      ),
  ];
  for (let round = 0; round < rounds; round++) {
    await time(name, 'start', 'mongoq', node, [main, '--version'], link.endpoint);
    await time(name, 'start', 'rclone', 'rclone', ['version'], link.endpoint);
    for (const run of inTurn(restores(round), round)) await run();
    for (const run of inTurn(backups, round)) {
      const bucket = await newBucket();
      await run(bucket);
      await empty(bucket);
    }
    for (const each of await readdir(folder))
      if (each.endsWith(String(round))) await rm(path.join(folder, each), { recursive: true });
  }
  await mongod.stop();
  await rm(folder, { recursive: true });
  return { workload: name, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

try {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'sdk-copy.ts')],
    outfile: sdkCopy,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Bundled CommonJS packages need a `require` for Node's own modules.
    banner: {
      js: "import { createRequire as benchRequire } from 'node:module'; const require = benchRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  if (spawnSync('rclone', ['version']).error) throw new Error('rclone is not installed');
  const folder = process.env['MONGOQ_BENCH_STORE'] ?? storeOf('bench', '1');
  if (folder === undefined) throw new Error('MONGOQ_BENCH_STORE names no store with a replica `bench`');
  const small = { replica: 'bench', id: '1', source: new DirectoryStore(folder), rounds: 6 };
  const computed = new SyntheticStore({ tables: 16, tableBytes: 32 << 20 });
  const large = { replica: 'huge', id: '1', source: computed, rounds: 6 };
  const link = await startLink({ targetPort: Number(new URL(gateway.endpoint).port), latencyMs });
  const sizes = [
    await measure({ name: 'small', ...small }, link),
    await measure({ name: 'large', ...large }, link),
  ];
  link.stop();

  const median = (seconds: number[]): number => seconds.toSorted((a, b) => a - b)[seconds.length >> 1] ?? NaN;
  const rows = runs.map((run) => {
    const own = find(run.workload, run.operation, 'mongoq');
    return { ...run, median: median(run.seconds), ratio: median(run.seconds) / median(own?.seconds ?? []) };
  });
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, loadAtTheEnd: loadavg()[0] };
  const report = {
    date: new Date().toISOString(),
    node: process.version,
    machine,
    latencyMs,
    sizes,
  };
  await mkdir(results, { recursive: true });
  await writeFile(path.join(results, 'operations.json'), `${JSON.stringify({ ...report, rows }, null, 2)}\n`);
  for (const { workload, operation, system, median: seconds, ratio } of rows)
    console.log(`| ${workload} | ${operation} | ${system} | ${seconds.toFixed(2)} | ${ratio.toFixed(2)} |`);
} finally {
  await rm(work, { recursive: true, force: true });
  gateway.stop();
}
