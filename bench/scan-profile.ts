/**
 * Where the CPU time of a scan goes: `npm run bench:scan-profile`. Counts all documents of two collections by reading them
 * over a link of 30 ms and 50 MB/s a connection, three times in new sessions, the last two under V8's profiler; prints
 * the time by groups of functions. Needs the store that bench/engine.ts needs.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Session, type Profiler } from 'node:inspector/promises';
import path from 'node:path';
import { openStore } from '../src/store/open-store.ts';
import { openSession } from '../test/support/open-session.ts';
import { runCommand } from '../test/support/run-command.ts';
import { storeOf } from '../test/support/stores.ts';
import { startLink } from './link/link.ts';

/** The first group whose pattern matches `function file` has the sample. */
const groups: [string, RegExp][] = [
  ['garbage collector', /^\(garbage collector\)/],
  ['decompression', /snappy|compression\.ts/],
  ['checksums', /crc32|checksum\.ts/],
  ['the SDK, for each request', /aws-sdk|smithy|aws-crypto/],
  [
    'receiving: sockets, HTTP, streams',
    / node:(_?http|net|internal\/(stream|buffer|http)|_http|buffer|events|_stream)/,
  ],
  ['receiving: store and blocks', /src\/(store|blocks|base)\//],
  ['tables: blocks, entries, merging', /src\/rocksdb\//],
  ['documents: engine, matcher, BSON', /src\/(engine|query|bson|gateway|session)\//],
  ['timers, promises, the rest of Node', / node:|^\(anonymous\) $|runMicrotasks/],
];

/** Waiting, the profiler itself, and tsx, which gives every inner function its name at each call. */
const notOurs = /^\((idle|program)\)|inspector|^__name /;

/** `function file` of every node; V8 does not know the names of native functions, so they are under those of their caller. */
function namesOf(nodes: Profiler.ProfileNode[]): Map<number, string> {
  const names = new Map<number, string>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const name = (node: Profiler.ProfileNode, caller: string): void => {
    const { functionName, url } = node.callFrame;
    const own = url === '' && !functionName.startsWith('(') ? caller : `${functionName} ${url}`;
    names.set(node.id, own);
    for (const child of node.children ?? []) name(byId.get(child) ?? node, own);
  };
  if (nodes[0]) name(nodes[0], '');
  return names;
}

function report({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): void {
  const nameOf = namesOf(nodes);
  const times = new Map<string, number>();
  let all = 0;
  for (const [i, id] of samples.entries()) {
    const name = nameOf.get(id) ?? '';
    if (notOurs.test(name)) continue;
    const group = groups.find(([, pattern]) => pattern.test(name))?.[0] ?? 'everything else';
    times.set(group, (times.get(group) ?? 0) + (timeDeltas[i] ?? 0));
    all += timeDeltas[i] ?? 0;
  }
  console.log('| group | ms a scan | of all |\n|---|--:|--:|');
  for (const [group, time] of [...times].sort(([, a], [, b]) => b - a)) {
    const share = ((100 * time) / all).toFixed(0);
    console.log(`| ${group} | ${(time / 1000 / measuredRuns).toFixed(0)} | ${share} % |`);
  }
}

const measuredRuns = 2;
const folder = process.env['MONGOQ_BENCH_STORE'] ?? storeOf('bench', '1');
if (folder === undefined) throw new Error('MONGOQ_BENCH_STORE names no store with a replica `bench`');
process.env['AWS_ACCESS_KEY_ID'] = process.env['AWS_SECRET_ACCESS_KEY'] = 'bench';
const server = fork(path.join(import.meta.dirname, 'link/store-process.ts'), [folder, 'bench']);
const [{ port }] = (await once(server, 'message')) as [{ port: number }];
const link = await startLink({ targetPort: port, latencyMs: 30, bytesPerSecond: 50e6 });

async function scan(): Promise<number> {
  const opened = await openSession(
    await openStore('s3://bench', { endpointUrl: link.endpoint, region: 'us-east-1' }),
  );
  await opened.session.chooseReplica('bench');
  await opened.session.chooseBackup('1');
  const before = process.cpuUsage();
  const pipeline = [{ $group: { _id: null, n: { $sum: 1 } } }];
  for (const aggregate of ['events', 'orders']) {
    await runCommand(opened.engine(), 'app', { aggregate, pipeline, cursor: {} });
  }
  const { user, system } = process.cpuUsage(before);
  await opened.close();
  return (user + system) / 1000;
}

const first = await scan();
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 200 });
await session.post('Profiler.start');
const cpu: number[] = [];
for (let i = 0; i < measuredRuns; i++) cpu.push(await scan());
const { profile } = await session.post('Profiler.stop');
console.log(`CPU of a scan: ${[first, ...cpu].map((ms) => `${ms.toFixed(0)} ms`).join(', ')}\n`);
report(profile);
link.stop();
server.disconnect();
