import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.ts';
import { verify } from '../../src/operations/verify.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { loadAll, rebuildCheckpoint, sampleStore } from '../support/checkpoints.ts';
import { newBucket, noGateway, useGateway } from '../support/s3.ts';

/** How many processes of each kind are killed; the full proof is MONGOQ_KILLS=50. */
const kills = Number(process.env['MONGOQ_KILLS'] ?? 4);

let work: string;
beforeEach(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'mongoq-kill-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

function start(...args: string[]): ChildProcess {
  const script = path.join(import.meta.dirname, '../support/run-operation.ts');
  return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Runs an operation to its end; returns how long it worked, in milliseconds. */
async function finish(...args: string[]): Promise<number> {
  const child = start(...args);
  const exited = once(child, 'exit');
  await once(child.stdout!, 'data');
  const began = performance.now();
  expect(await exited).toEqual([0, null]);
  return performance.now() - began;
}

/** Runs an operation and kills it at a random moment of the `ms` milliseconds that it takes. */
async function kill(ms: number, ...args: string[]): Promise<void> {
  const child = start(...args);
  const exited = once(child, 'exit');
  await once(child.stdout!, 'data');
  await Promise.race([delay(Math.random() * ms), exited]);
  child.kill('SIGKILL');
  await exited;
}

async function expectClean(store: ObjectStore): Promise<void> {
  expect(await new Catalog(store).listRefs('r')).not.toEqual([]);
  expect((await verify(store, 'r')).findings).toEqual([]);
}

/** The operations are killed again and again; what is listed is whole at every moment, and in the end they succeed. */
async function converges(url: string): Promise<void> {
  const store = await openStore(url);
  const backups = await loadAll(sampleStore, 'rs0-a');
  for (const original of backups)
    await rebuildCheckpoint(sampleStore, original, path.join(work, original.ref.id));
  const took = await finish('backup', url, path.join(work, '0'));
  for (let i = 0; i < kills; i++) {
    await kill(2 * took, 'backup', url, path.join(work, String(1 + (i % 4))));
    await expectClean(store);
  }
  await finish('backup', url, path.join(work, '4'));
  for (let i = 0; i < kills; i++) await kill(took, 'restore', url, path.join(work, 'target'));
  await finish('restore', url, path.join(work, 'target'));
  for (const file of backups[0]!.files) {
    const where = file.name.endsWith('.log') ? 'db/journal' : 'db';
    const restored = await readFile(path.join(work, 'target', where, file.name));
    expect(restored.equals(await sampleStore.get(file.key)), file.name).toBe(true);
  }
  const doomed = await new Catalog(store).listRefs('r');
  for (const ref of doomed.slice(1, -1)) await store.delete(`metadata/r/${ref.id}_${ref.time}.json`);
  for (let i = 0; i < kills; i++) {
    await kill(2500, 'gc', url);
    await expectClean(store);
  }
  await finish('gc', url);
  await expectClean(store);
  const needed = new Set((await loadAll(store, 'r')).flatMap((each) => each.files.map((file) => file.key)));
  for await (const { key } of store.list('r/')) expect(needed).toContain(key);
  await store.close();
}

describe('operations that are killed', { timeout: 1_800_000 }, () => {
  it('converge on a directory', async () => {
    await mkdir(path.join(work, 'store'));
    await converges(path.join(work, 'store'));
  });

  it.skipIf(noGateway)('converge on S3', async () => {
    useGateway();
    await converges(`s3://${await newBucket()}/backups`);
  });
});
