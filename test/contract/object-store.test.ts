import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { newStoreCounts } from '../../src/store/count.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { openStore } from '../../src/store/open-store.ts';
import { describeObjectStore } from '../support/object-store-contract.ts';

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true }))));

describeObjectStore('memory', () => Promise.resolve(new MemoryStore()));

describeObjectStore('a directory', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-store-'));
  directories.push(directory);
  return openStore(directory, { counts: newStoreCounts() });
});
