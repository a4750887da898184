/**
 * The most memory that the built-in engine takes on a collection of five million documents, each command in a process of its
 * own. The collection is made once, in a temporary directory, and removed at the end. Prints a table and writes
 * bench/results/memory.json.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DirectoryStore } from '../src/store/directory.ts';
import { large, writeLargeCollection } from '../test/support/large-collection.ts';
import { openBackup } from '../test/support/open-backup.ts';
import { countAll } from './engine/run-all.ts';

const documents = 5_000_000;
const limitMiB = 512;
const { db, collection } = large;

const sparse = { few: { $in: [3, 500, 900] } };
const byMany = [{ $group: { _id: '$many', sum: { $sum: '$value' } } }];
const aggregate = (pipeline: object[], options: object = {}): Record<string, unknown> => ({
  aggregate: collection,
  pipeline,
  cursor: {},
  ...options,
});

const commands: Record<string, Record<string, unknown>> = {
  'scan, everything returned': { find: collection },
  'scan, three of a thousand documents match': { find: collection, filter: sparse },
  'sort without an index, limit 1000': { find: collection, sort: { value: 1 }, limit: 1000 },
  'group, 1,000 groups': aggregate([{ $group: { _id: '$few', sum: { $sum: '$value' }, n: { $sum: 1 } } }]),
  'group, 2,500,000 groups, no allowDiskUse': aggregate(byMany),
  'group, 2,500,000 groups, allowDiskUse': aggregate(byMany, { allowDiskUse: true }),
  'group, $push of all values, allowDiskUse': aggregate(
    [{ $group: { _id: '$few', all: { $push: '$value' } } }],
    { allowDiskUse: true },
  ),
  'sort of everything, allowDiskUse': aggregate([{ $sort: { value: 1 } }], { allowDiskUse: true }),
  'unwind and sort by count': aggregate([{ $unwind: '$tags' }, { $sortByCount: '$tags' }]),
};

interface Measured {
  outcome: string;
  peakMiB: number;
  seconds: number;
}

// The directory and the command's name: this process is one that is measured. The command "write" makes the collection.
const [directory, name] = (process.env['MONGOQ_BENCH_MEMORY'] ?? '').split('\n');
if (directory !== undefined && name === 'write') {
  await writeLargeCollection(new DirectoryStore(directory), documents);
} else if (directory !== undefined && name !== undefined) {
  process.stdout.write(JSON.stringify(await run(directory, commands[name] ?? {})));
} else await main();

async function run(folder: string, command: Record<string, unknown>): Promise<Measured> {
  const started = performance.now();
  const opened = await openBackup(folder, large.replica, large.id);
  const outcome = await countAll(opened.engine, db, command).then(
    (count) => `${count.toLocaleString('en')} documents`,
    (error: unknown) => `refused: ${error instanceof Error ? error.message.slice(0, 40) : ''}...`,
  );
  await opened.close();
  const seconds = (performance.now() - started) / 1000;
  return { outcome, peakMiB: process.resourceUsage().maxRSS / 1024, seconds };
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-memory-'));
  const measured: Record<string, Measured> = {};
  try {
    await child(folder, 'write');
    for (const each of Object.keys(commands)) {
      const found = JSON.parse(await child(folder, each)) as Measured;
      measured[each] = found;
      const { outcome, peakMiB, seconds } = found;
      const verdict = peakMiB < limitMiB ? '' : `  OVER ${limitMiB} MiB`;
      process.stdout.write(
        `${each.padEnd(44)}${peakMiB.toFixed(0).padStart(5)} MiB  ${seconds.toFixed(1).padStart(6)} s  ${outcome}${verdict}\n`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir('bench/results', { recursive: true });
  await writeFile('bench/results/memory.json', `${JSON.stringify({ documents, measured }, undefined, 2)}\n`);
}

async function child(folder: string, what: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename], {
    env: { ...process.env, MONGOQ_BENCH_MEMORY: `${folder}\n${what}` },
  });
  return stdout;
}
