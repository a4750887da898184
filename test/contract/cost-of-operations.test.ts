import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { backup } from '../../src/operations/backup.ts';
import type { CheckpointFile, CheckpointSource } from '../../src/operations/checkpoint.ts';
import { restore } from '../../src/operations/restore.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { copyToMemory } from '../support/copy-store.ts';
import { storeOf } from '../support/stores.ts';
import { waveStore } from '../support/wave-store.ts';

function file(number: number): CheckpointFile {
  const content = Buffer.from(`file ${number}`);
  const md5 = createHash('md5').update(content).digest();
  return {
    name: `${String(number).padStart(6, '0')}.sst`,
    size: content.length,
    checksum: md5.toString('hex'),
    body: () => content,
    md5: () => Promise.resolve(md5),
  };
}

function source(numbers: number[], time: bigint): CheckpointSource {
  const checkpoint = { dbPath: '/d', time, files: numbers.map(file), remove: () => Promise.resolve() };
  return { take: () => Promise.resolve(checkpoint) };
}

describe('a backup', () => {
  it.each([
    ['', [''], 3],
    [' where two spellings of keys are possible', ['', '/'], 5],
  ] as const)('takes seven round trips%s, and six where nothing is new', async (_, roots, looks) => {
    const cost = waveStore(new MemoryStore({ roots }));
    await backup(cost.store, 'r', source([1, 2, 3, 4, 5], 1n));
    // The lease; the lease, what there is; MD5s, the id; files; figures; metadata; what there is now, the lease.
    expect(cost.waves).toBe(7);
    // The lease three times, an MD5 for each file, figures and metadata.
    expect(cost).toMatchObject({ gets: 1, puts: 3 + 10 + 2, lists: looks + 1 });
    cost.reset();
    await backup(cost.store, 'r', source([1, 2, 3], 2n));
    expect(cost).toMatchObject({ waves: 6, gets: 1, puts: 3 + 2 });
  });
});

describe('a restore', () => {
  it('takes four round trips into an empty directory', async () => {
    const cost = waveStore(await copyToMemory(storeOf('rs0-a', '3')!), { quietMs: 400 });
    // In memory if possible: a busy disk takes longer to sync a file than the store waits for further requests.
    const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    const target = await mkdtemp(path.join(parent, 'mongoq-cost-'));
    try {
      const { files, walFolder } = await restore(cost.store, 'rs0-a', '3', { target });
      expect(walFolder).toBe('db/journal');
      // The lease and the listing; the lease and the metadata; everything; the lease.
      expect(cost.waves).toBe(4);
      // The lease, the metadata, where the log goes, each file and its MD5.
      expect(cost).toMatchObject({ gets: 3 + 2 * files, puts: 2, lists: 1 });
    } finally {
      await rm(target, { recursive: true });
    }
  });
});
