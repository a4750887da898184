import { expect, it } from 'vitest';
import { collect } from '../../test/support/collect.ts';
import { MemoryStore } from '../store/memory.ts';
import { readParts } from './parts.ts';
import { Permits } from '../base/permits.ts';

const { signal } = new AbortController();
/** More than four parts of 8 MiB. */
const size = 40_000_000;

async function read(store: MemoryStore, object: { key: string; size: number }, permits = 2): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of readParts(store, object, new Permits(permits), signal)) parts.push(part);
  return Buffer.concat(parts);
}

it('gives the bytes of large, small and empty objects in order', async () => {
  const store = new MemoryStore();
  for (const length of [0, 1, 8 << 20, size]) {
    const bytes = Buffer.alloc(length, 'some bytes, one after the other');
    await store.put('key', bytes);
    expect((await read(store, { key: 'key', size: length })).equals(bytes)).toBe(true);
  }
});

it.each(['first', 'last'])('refuses an object that is replaced while its %s part is read', async (which) => {
  const store = new MemoryStore();
  await store.put('key', Buffer.alloc(size, 'old'));
  const object = { key: 'key', size };
  const parts = readParts(store, object, new Permits(1), signal);
  if (which === 'last') for (let part = 0; part < 4; part++) await parts.next();
  else await Promise.all([parts.next(), store.put('key', Buffer.alloc(size, 'new'))]);
  await store.put('key', Buffer.alloc(size, 'newer'));
  await expect(collect(parts)).rejects.toMatchObject({ code: 'STORE-002' });
});

it('refuses an object of another size', async () => {
  const store = new MemoryStore();
  await store.put('key', Buffer.alloc(7));
  for (const wrong of [0, 6, size])
    await expect(read(store, { key: 'key', size: wrong })).rejects.toMatchObject({ code: 'STORE-005' });
});
