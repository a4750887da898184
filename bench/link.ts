/**
 * What a slow link costs mongoq and others: `npm run bench:link`. Starts an S3 server with its data in memory, puts a
 * delay in front of it, and runs the same work through mongoq, s3fs and rclone in one go. Needs Ceph's packages
 * (`scripts/radosgw install`), FUSE, and for the peers `apt-get install s3fs rclone`; the large backup is made known by
 * MONGOQ_BENCH_STORE, a store with a replica `bench`.
 *
 * MONGOQ_BENCH_LATENCIES (0,30,100) in milliseconds; MONGOQ_BENCH_ONLY, a pattern of works' names.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { metadataKey, statsKey } from '../src/catalog/layout.ts';
import { writeStats } from '../src/catalog/metadata.ts';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DirectoryStore } from '../src/store/directory.ts';
import { MemoryStore } from '../src/store/memory.ts';
import { openStore } from '../src/store/open-store.ts';
import { startRadosgw } from '../test/support/radosgw.ts';
import { storeOf } from '../test/support/stores.ts';
import { startLink } from './link/link.ts';
import { writeReport } from './link/report.ts';
import type { Row } from './link/rows.ts';
import {
  bigObject,
  listMany,
  openAndFind,
  openLarge,
  openMounted,
  readMounted,
  scan,
  type Place,
} from './link/works.ts';
import { collectionName, idOf } from './synthetic/documents.ts';
import { serveAsS3 } from './synthetic/http-server.ts';
import { SyntheticStore } from './synthetic/store.ts';

const bucket = 'bench';
const bytesPerSecond = 50e6;
const latencies = (process.env['MONGOQ_BENCH_LATENCIES'] ?? '0,30,100').split(',').map(Number);
const only = new RegExp(process.env['MONGOQ_BENCH_ONLY'] ?? '');
const main = path.join(import.meta.dirname, '../dist/cli/main.js');

/** A store of 1,000 replicas, one of which has 10,000 backups. */
async function manyBackups(): Promise<MemoryStore> {
  const store = new MemoryStore();
  const stats = writeStats({ files: 9, newFiles: 1, bytes: 1e9, newBytes: 1e8, duration: 1e9 });
  const add = async (replica: string, n: number): Promise<void> => {
    const ref = { replica, id: String(n), time: 1_000_000_000_000_000_000n + BigInt(n) * 3_600_000_000_000n };
    await store.put(metadataKey(ref), Buffer.from('{}'));
    await store.put(statsKey(ref), stats);
  };
  for (let r = 0; r < 1000; r++) await add(`r${r}`, 0);
  for (let n = 1; n < 10_000; n++) await add('r0', n);
  return store;
}

async function upload(endpoint: string): Promise<void> {
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  const folder = process.env['MONGOQ_BENCH_STORE'] ?? storeOf('bench', '1');
  if (folder === undefined) throw new Error('MONGOQ_BENCH_STORE names no store with a replica `bench`');
  const source = new DirectoryStore(folder);
  const target = await openStore(`s3://${bucket}`, { endpointUrl: endpoint });
  for await (const { key } of source.list('')) await target.put(key, await source.get(key));
  await target.put(bigObject.key, randomBytes(bigObject.size));
  await target.close();
}

const gateway = await startRadosgw();
const rows: Row[] = [];
try {
  const { accessKeyId, secretAccessKey } = gateway;
  process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  await upload(gateway.endpoint);
  const large = await serveAsS3(new SyntheticStore(), bucket);
  const many = await serveAsS3(await manyBackups(), bucket);
  const ports = { small: Number(new URL(gateway.endpoint).port), large: large.port, many: many.port };
  const findLarge = `db.${collectionName}.findOne({_id: ObjectId('${idOf(123_456_789).toHexString()}')}).name`;
  const works: [string, keyof typeof ports, (place: Place) => Promise<Row[]>][] = [
    ['find', 'small', openAndFind],
    ['large', 'large', async (place) => [await openLarge(place, findLarge, main)]],
    ['open', 'small', openMounted],
    ['read', 'small', readMounted],
    ['scan', 'small', scan],
    ['list', 'many', listMany],
  ];
  // Once without the delay and unseen, so that no figure holds the time in which Node.js compiles the code.
  for (const latencyMs of [undefined, ...latencies]) {
    for (const [name, server, work] of works.filter(([name]) => only.test(name))) {
      if (latencyMs === undefined && (name === 'open' || name === 'read' || name === 'large')) continue;
      const link = await startLink({ targetPort: ports[server], latencyMs: latencyMs ?? 0, bytesPerSecond });
      const access = { endpoint: link.endpoint, bucket, accessKeyId, secretAccessKey };
      const place = { link, latencyMs: latencyMs ?? -1, bucket: access };
      const measured = await work(place);
      if (latencyMs !== undefined) rows.push(...measured);
      link.stop();
    }
  }
  await large.stop();
  await many.stop();
} finally {
  gateway.stop();
}
await writeReport(rows);
