import { afterEach, expect, it } from 'vitest';
import { metadataKey, statsKey } from '../../src/catalog/layout.ts';
import { writeStats } from '../../src/catalog/metadata.ts';
import { listBackups } from '../../src/shell/commands/backups.ts';
import { listReplicas } from '../../src/shell/commands/replicas.ts';
import type { CommandContext } from '../../src/shell/commands/command.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { openSession, type TestSession } from '../support/open-session.ts';
import { waveStore } from '../support/wave-store.ts';

let opened: TestSession | undefined;
afterEach(async () => opened?.close());

const now = new Date('2026-11-23T00:00:00Z');
const day = 86_400_000_000_000n;
const stats = writeStats({ files: 9, newFiles: 1, bytes: 1e9, newBytes: 1e8, duration: 1e9 });

/** Backups of replicas, one a day, with stats; the metadata is never read. */
async function storeOfBackups(replicas: number, backups: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (let r = 0; r < replicas; r++) {
    for (let b = 0; b < backups; b++) {
      const ref = { replica: `r${r}`, id: String(b), time: 1_000_000_000_000_000_000n + BigInt(b) * day };
      await store.put(metadataKey(ref), Buffer.from('not to be read'));
      await store.put(statsKey(ref), stats);
    }
  }
  return store;
}

it('lists 1,000 replicas by one request', async () => {
  const cost = waveStore(await storeOfBackups(1000, 2));
  opened = await openSession(cost.store);
  const table = await listReplicas.run([], { session: opened.session, now } as CommandContext);
  expect(table.split('\n')).toHaveLength(1000);
  expect(cost).toMatchObject({ lists: 1, gets: 0 });
});

it('lists 10,000 backups by listing, and reads one page of figures at once', async () => {
  const cost = waveStore(await storeOfBackups(1, 10_000));
  opened = await openSession(cost.store);
  await opened.session.chooseReplica('r0');
  cost.reset();
  const context = { session: opened.session, now } as CommandContext;
  const table = await listBackups.run([], context);
  expect(table).toContain('9999');
  expect(cost).toMatchObject({ lists: 10, gets: 100 });
  expect(cost.waves).toBeLessThanOrEqual(12);
  cost.reset();
  await listBackups.run(['--last', '3'], context);
  expect(cost).toMatchObject({ lists: 10, gets: 3 });
});
