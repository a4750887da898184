import { DiskCache } from '../../src/blocks/disk-cache.ts';
import { blockBytes, blockCount, contentOf, objectOf } from './cache-writer-content.ts';

// A process of disk-cache-processes.e2e.test.ts: writes and reads at random until it is killed.
const [directory = '', seed = '0'] = process.argv.slice(2);
const cache = new DiskCache({ directory, maxBytes: 1024 * 1024 }, blockBytes);
let state = Number(seed) + 1;

/** A whole number below `n`; the same sequence for the same seed. */
function random(n: number): number {
  state = (state * 48_271) % 2_147_483_647;
  return state % n;
}

async function step(): Promise<void> {
  const n = random(8);
  const version = `v${random(2)}`;
  const first = random(blockCount);
  const count = 1 + random(blockCount - first);
  const wanted = Array.from({ length: count }, (_, i) => contentOf(n, version, first + i));
  if (random(2) === 0) {
    await cache.write(objectOf(n), version, first, wanted);
  } else {
    const found = await cache.read(objectOf(n), version, first, count);
    if (found.some((block, i) => block && !block.equals(wanted[i] ?? Buffer.alloc(0)))) {
      process.stderr.write(`a wrong block of object ${n}\n`);
      process.exit(1);
    }
  }
}

process.stdout.write('begun\n');
for (;;) await Promise.all([step(), step(), step()]);
