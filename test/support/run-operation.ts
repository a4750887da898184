import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { backup } from '../../src/operations/backup.ts';
import { gc } from '../../src/operations/gc.ts';
import { restore } from '../../src/operations/restore.ts';
import { openStore } from '../../src/store/open-store.ts';
import { directorySource } from './checkpoints.ts';

/** Time a hundred times as fast, so that the lease of a process that was killed is soon free. */
const clock = {
  now: () => uptime() * 100_000,
  sleep: async (ms: number, signal?: AbortSignal) => {
    await delay(ms / 100, undefined, { signal });
  },
};

const [operation, url = '', directory = ''] = process.argv.slice(2);
const store = await openStore(url);
console.log('running');
if (operation === 'backup') {
  const source = directorySource(directory, { dbPath: '/data/db', time: BigInt(Date.now()) * 1_000_000n });
  await backup(store, 'r', source, { clock, parallel: 2 });
} else if (operation === 'restore') await restore(store, 'r', '0', { target: directory, parallel: 2 });
else await gc(store, 'r', { clock, graceMs: 0 });
await store.close();
