/**
 * What backup and restore take beside rclone, which only copies: `npm run bench:operations`. Starts an S3 server with
 * its data in memory and puts 30 ms in front of it; each program transfers the same files, as a process of its own from
 * its start to its end, in turns. Needs Ceph's packages (`scripts/radosgw install`), `apt-get install rclone`, and a
 * store with a replica `bench`: MONGOQ_BENCH_STORE, or the fixtures beside the project.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { Catalog } from '../src/catalog/catalog.ts';
import { connectReplica } from '../src/operations/connection.ts';
import { DirectoryStore } from '../src/store/directory.ts';
import { openStore } from '../src/store/open-store.ts';
import { startRadosgw } from '../test/support/radosgw.ts';
import { startMongod } from '../test/support/stand-in-mongod/start.ts';
import { storeOf } from '../test/support/stores.ts';
import { startLink } from './link/link.ts';

const latencyMs = 30;
const rounds = 5;
const replica = 'bench';
const id = '1';
const main = path.join(import.meta.dirname, '../dist/cli/main.js');
const results = path.join(import.meta.dirname, 'results');

interface Run {
  operation: 'start' | 'restore' | 'backup';
  system: string;
  seconds: number[];
}

const gateway = await startRadosgw();
const work = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-'));
const runs: Run[] = [];
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
  const known = runs.find((run) => run.operation === operation && run.system === system);
  if (known) known.seconds.push(seconds);
  else runs.push({ operation, system, seconds: [seconds] });
}

try {
  if (spawnSync('rclone', ['version']).error) throw new Error('rclone is not installed');
  const folder = process.env['MONGOQ_BENCH_STORE'] ?? storeOf(replica, id);
  if (folder === undefined) throw new Error('MONGOQ_BENCH_STORE names no store with a replica `bench`');
  const source = new DirectoryStore(folder);
  const stored = await newBucket();
  const target = await openStore(`s3://${stored}`, { endpointUrl: gateway.endpoint });
  for await (const { key } of source.list('')) await target.put(key, await source.get(key));
  await target.close();
  const { files } = await new Catalog(source).loadBackup(replica, id);
  const list = path.join(work, 'files');
  await writeFile(list, files.map(({ key }) => `${key.slice(key.indexOf('/') + 1)}\n`).join(''));

  const link = await startLink({ targetPort: Number(new URL(gateway.endpoint).port), latencyMs });
  const data = path.join(work, 'data');
  const restoreArgs = [main, 'restore', '--store', `s3://${stored}`, '-r', replica, '-i', id, '-t'];
  await execa(process.execPath, [...restoreArgs, data], {
    env: { AWS_ENDPOINT_URL_S3: gateway.endpoint },
  });
  const mongod = await startMongod(work, data);
  const connection = await connectReplica({ host: '127.0.0.1', port: mongod.port });
  const checkpoint = path.join(work, 'data/checkpoint');
  await connection.command('admin', { setParameter: 1, rocksdbBackup: checkpoint });
  await connection.close();
  for (let round = 0; round < rounds; round++) {
    const place = (name: string): string => path.join(work, `${name}${round}`);
    await time('start', 'mongoq', process.execPath, [main, '--version'], link.endpoint);
    await time('start', 'rclone', 'rclone', ['version'], link.endpoint);
    await time('restore', 'mongoq', process.execPath, [...restoreArgs, place('mongoq')], link.endpoint);
    for (const transfers of ['4', '16']) {
      const system = `rclone --transfers ${transfers}`;
      const copy = ['copy', '--transfers', transfers];
      const from = [`link:${stored}/${replica}`, place(`rclone${transfers}-`), '--files-from', list];
      await time('restore', system, 'rclone', [...copy, ...from], link.endpoint);
      const to = [checkpoint, `link:${await newBucket()}/${replica}`];
      await time('backup', system, 'rclone', [...copy, ...to], link.endpoint);
    }
    const store = ['--store', `s3://${await newBucket()}`, '-r', replica];
    const backup = [main, 'backup', ...store, '--port', String(mongod.port)];
    await time('backup', 'mongoq', process.execPath, backup, link.endpoint);
    for (const name of await readdir(work))
      if (name.endsWith(String(round))) await rm(path.join(work, name), { recursive: true });
  }
  link.stop();
  await mongod.stop();

  const median = (seconds: number[]): number => seconds.toSorted((a, b) => a - b)[seconds.length >> 1] ?? NaN;
  const rows = runs.map((run) => {
    const own = runs.find(({ operation, system }) => operation === run.operation && system === 'mongoq');
    return { ...run, median: median(run.seconds), ratio: median(run.seconds) / median(own?.seconds ?? []) };
  });
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, loadAtTheEnd: loadavg()[0] };
  const report = {
    date: new Date().toISOString(),
    node: process.version,
    machine,
    latencyMs,
    files: files.length,
    bytes,
  };
  await mkdir(results, { recursive: true });
  await writeFile(path.join(results, 'operations.json'), `${JSON.stringify({ ...report, rows }, null, 2)}\n`);
  for (const { operation, system, median: seconds, ratio } of rows)
    console.log(`| ${operation} | ${system} | ${seconds.toFixed(2)} | ${ratio.toFixed(2)} |`);
} finally {
  await rm(work, { recursive: true, force: true });
  gateway.stop();
}
