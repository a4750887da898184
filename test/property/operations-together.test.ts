import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.ts';
import { dataKey, fileMetadataKey, parseBackupKey } from '../../src/catalog/layout.ts';
import { parseMetadata } from '../../src/catalog/metadata.ts';
import { backup } from '../../src/operations/backup.ts';
import type { CheckpointFile, CheckpointSource } from '../../src/operations/checkpoint.ts';
import type { Clock } from '../../src/operations/clock.ts';
import { deleteBackups } from '../../src/operations/delete.ts';
import { gc } from '../../src/operations/gc.ts';
import { acquireLease, LeaseLost } from '../../src/operations/lease.ts';
import type { MemoryStore } from '../../src/store/memory.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { randomFrom, Simulation } from '../support/simulation.ts';

/** How many interleavings; the full proof is MONGOQ_MODEL_RUNS=10000. */
const runs = Number(process.env['MONGOQ_MODEL_RUNS'] ?? 100);

/** What a process does. `files` are numbers of files that the checkpoint has. */
type Action =
  | { kind: 'backup'; files: number[] }
  | { kind: 'gc'; graceMs: number }
  | { kind: 'delete'; keepLast: number }
  | { kind: 'restore' };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('backup' as const),
      files: fc.uniqueArray(fc.nat(5), { minLength: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('gc' as const), graceMs: fc.constantFrom(0, 0, 60_000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), keepLast: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const) }) },
);

function file(number: number): CheckpointFile {
  const content = Buffer.from(`file ${number}`);
  return {
    name: `00000${number}.sst`,
    size: content.length,
    checksum: createHash('md5').update(content).digest('hex'),
    body: () => content,
    md5: () => Promise.resolve(createHash('md5').update(content).digest()),
  };
}

function source(files: number[], time: bigint): CheckpointSource {
  const checkpoint = { dbPath: '/d', time, files: files.map(file), remove: () => Promise.resolve() };
  return { take: () => Promise.resolve(checkpoint) };
}

/** Reads a backup's files as a restore does, under the lease. */
async function restore(store: ObjectStore, clock: Clock): Promise<void> {
  const { lease, release } = await acquireLease(store, 'r', { operation: 'restore', mode: 'shared', clock });
  try {
    const catalog = new Catalog(store);
    const newest = (await catalog.listRefs('r', { signal: lease.signal })).at(-1);
    if (!newest) return;
    const loaded = await catalog.loadRef(newest, { signal: lease.signal });
    for (const each of loaded.files) await lease.guard((signal) => store.get(each.key, { signal }));
  } finally {
    await release();
  }
}

function perform(action: Action, time: bigint): (store: ObjectStore, clock: Clock) => Promise<void> {
  return async (store, clock) => {
    if (action.kind === 'backup')
      await backup(store, 'r', source(action.files, time), { clock, parallel: 2 });
    else if (action.kind === 'gc') await gc(store, 'r', { clock, graceMs: action.graceMs });
    else if (action.kind === 'delete') await deleteBackups(store, 'r', { keepLast: action.keepLast });
    else await restore(store, clock);
  };
}

/** Throws unless everything that a listed backup needs is there. */
async function checkListed(store: MemoryStore): Promise<void> {
  const keys = new Set<string>();
  for await (const { key } of store.list('')) keys.add(key);
  for (const key of keys) {
    if (!parseBackupKey(key, 'metadata')) continue;
    const metadata = parseMetadata(key, await store.get(key));
    for (const each of metadata.files)
      for (const needed of [dataKey('r', each), fileMetadataKey('r', each)])
        if (!keys.has(needed)) throw new Error(`${key} is listed and ${needed} is not there`);
  }
}

/** Failures that the user sees and that harm nobody. */
const harmless = new Set(['OP-001', 'STORE-004', 'STORE-006', 'CAT-001', 'CAT-002']);

async function simulate(
  seed: number,
  actions: Action[],
  faults: boolean,
): Promise<{ ended: number; failed: number }> {
  const simulation = new Simulation(randomFrom(seed), faults);
  const wrong: unknown[] = [];
  const count = { ended: 0, failed: 0 };
  simulation.onChange = async (key) => {
    if (key.startsWith('mongoq/')) return;
    await checkListed(simulation.base).catch((error: unknown) => wrong.push(error));
  };
  const launch = (each: Action, i: number): void => {
    simulation.start(`${i} ${each.kind}`, perform(each, BigInt(i)), (error) => {
      if (error === undefined) count.ended++;
      else count.failed++;
      if (
        error !== undefined &&
        !(error instanceof LeaseLost) &&
        !harmless.has((error as { code: string }).code)
      )
        wrong.push(error);
    });
  };
  actions.forEach(launch);
  await simulation.run(faults ? 1500 : 0);
  expect(wrong).toEqual([]);

  // Whatever happened, the next ones succeed, and then nothing is left over.
  const after = new Simulation(randomFrom(seed), false);
  for await (const { key } of simulation.base.list(''))
    await after.base.put(key, await simulation.base.get(key));
  const last: Action[] = [
    { kind: 'backup', files: [1, 2] },
    { kind: 'gc', graceMs: 0 },
  ];
  for (const each of last) {
    after.start(each.kind, perform(each, 1000n), (error) => error !== undefined && wrong.push(error));
    await after.run(0);
  }
  expect(wrong).toEqual([]);
  await checkListed(after.base);
  const catalog = new Catalog(after.base);
  const needed = new Set(['mongoq/lease/r.json']);
  for (const ref of await catalog.listRefs('r')) {
    const name = `r/${ref.id}_${ref.time}.json`;
    for (const key of [`metadata/${name}`, `stats/${name}`]) needed.add(key);
    for (const each of (await catalog.loadRef(ref)).files)
      for (const key of [each.key, `file_metadata/${each.key}`]) needed.add(key);
  }
  for await (const { key } of after.base.list('')) expect(needed).toContain(key);
  return count;
}

describe('operations that overlap', () => {
  it(
    'never lose what a listed backup needs, whatever fails, pauses or dies',
    { timeout: 3_600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer(),
          fc.array(action, { minLength: 2, maxLength: 6 }),
          async (seed, actions) => {
            await simulate(seed, actions, true);
          },
        ),
        { numRuns: runs, endOnFailure: true },
      );
    },
  );

  it('all succeed where nothing fails', { timeout: 3_600_000 }, async () => {
    const harmonious = action.filter((each) => each.kind === 'backup' || each.kind === 'restore');
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(harmonious, { minLength: 2, maxLength: 5 }),
        async (seed, actions) => {
          const { failed } = await simulate(seed, actions, false);
          expect(failed).toBe(0);
        },
      ),
      { numRuns: Math.ceil(runs / 10), endOnFailure: true },
    );
  });
});
