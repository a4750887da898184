import { expect, it } from 'vitest';
import { createBlockReader } from '../../src/blocks/create-block-reader.ts';
import { ReadAheadBudget } from '../../src/blocks/window.ts';
import { openServedFile } from '../../src/mount/served-file.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { waveStore } from '../support/wave-store.ts';

const size = 64 << 20;
const kernelRead = 128 << 10;

/** A file of 64 MiB as the mount serves it. */
async function serve() {
  const inner = new MemoryStore();
  await inner.put('big', Buffer.alloc(size));
  const cost = waveStore(inner);
  // As the mount process makes it.
  const reader = createBlockReader(cost.store, { memoryBytes: 128 << 20 });
  const file = { path: 'big', key: 'big', size, modifiedMs: 0 };
  const opened = openServedFile(reader, file, new ReadAheadBudget(64 << 20));
  return { cost, reader, opened };
}

it('reads a file in order through the mount in few round trips, and every byte once', async () => {
  const { cost, reader, opened } = await serve();
  const target = Buffer.alloc(kernelRead);
  for (let at = 0; at < size; at += kernelRead) await opened.read(target, at);
  expect(cost.bytes).toBe(size);
  expect(cost.gets).toBeLessThanOrEqual(30);
  // The first read asks for most of the file; the rest is on its way before the reader has come that far.
  expect(cost.waves).toBeLessThanOrEqual(3);
  await reader.close();
});

it('fetches no more than the blocks that random reads of 16 KiB touch', async () => {
  const { cost, reader, opened } = await serve();
  const target = Buffer.alloc(16 << 10);
  for (let i = 0; i < 20; i++) await opened.read(target, ((i * 7919 + 13) % 4000) * (16 << 10));
  expect(cost.gets).toBeLessThanOrEqual(26);
  expect(cost.waves).toBeLessThanOrEqual(26);
  expect(cost.bytes).toBeLessThanOrEqual(20 * 2 * (64 << 10));
  await reader.close();
});
