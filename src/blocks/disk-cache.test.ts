import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../store/memory.ts';
import { createBlockReader } from './create-block-reader.ts';
import { DiskCache } from './disk-cache.ts';

const block = 4096;
const object = { store: 's3://bucket/p', key: 'R/1.sst', size: 10 * block + 5 };
const content = randomBytes(object.size);
const blocks = Array.from({ length: 11 }, (_, i) => content.subarray(i * block, (i + 1) * block));

let directory: string;
let cache: DiskCache;
beforeEach(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), 'mongoq-cache-')), 'a', 'b');
  cache = new DiskCache({ directory }, block);
});
afterEach(() => rm(path.join(directory, '../..'), { recursive: true }));

async function onlyFile(): Promise<string> {
  const names = await readdir(directory);
  expect(names).toHaveLength(1);
  return path.join(directory, names[0]!);
}

describe('the disk cache', () => {
  it('gives back what was kept, and nothing else', async () => {
    expect(await cache.read(object, 'v1', 0, 2)).toEqual([undefined, undefined]);
    expect(await cache.versionOf(object)).toBeUndefined();
    await cache.write(object, 'v1', 2, blocks.slice(2, 5));
    await cache.write(object, 'v1', 10, blocks.slice(10));
    const expected = [2, 3, 4, 10];
    const read = await new DiskCache({ directory }, block).read(object, 'v1', 0, 11);
    expect(read).toEqual(blocks.map((bytes, i) => (expected.includes(i) ? bytes : undefined)));
    expect(await cache.versionOf(object)).toBe('v1');
  });

  it('keeps what is of another store, key, size, version or block size apart', async () => {
    await cache.write(object, 'v1', 0, blocks);
    for (const other of [{ store: 's3://other' }, { key: 'R/2.sst' }, { size: object.size - 1 }]) {
      expect(await cache.read({ ...object, ...other }, 'v1', 0, 1)).toEqual([undefined]);
    }
    expect(await cache.read(object, 'v2', 0, 1)).toEqual([undefined]);
    expect(await new DiskCache({ directory }, 2 * block).read(object, 'v1', 0, 1)).toEqual([undefined]);
    // A file under the name of another is not believed.
    await cache.write({ ...object, key: 'R/3.sst' }, 'v1', 0, blocks);
    const [one, two] = (await readdir(directory)).map((name) => path.join(directory, name));
    const { copyFile } = await import('node:fs/promises');
    await copyFile(one!, two!);
    const both = [object, { ...object, key: 'R/3.sst' }];
    const found = await Promise.all(both.map((each) => cache.read(each, 'v1', 0, 1)));
    expect(found.filter(([bytes]) => bytes !== undefined)).toHaveLength(1);
  });

  it('replaces the version of an object', async () => {
    await cache.write(object, 'v1', 0, blocks.slice(0, 3));
    await cache.write(object, 'v2', 1, blocks.slice(4, 5));
    expect(await cache.versionOf(object)).toBe('v2');
    expect(await cache.read(object, 'v2', 0, 3)).toEqual([undefined, blocks[4], undefined]);
    expect(await cache.read(object, 'v1', 0, 3)).toEqual([undefined, undefined, undefined]);
    await cache.forget(object);
    expect(await cache.versionOf(object)).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
  });

  it('takes any damage as a miss', async () => {
    await cache.write(object, 'v1', 0, blocks);
    const file = await onlyFile();
    const { size } = await stat(file);
    const handle = await open(file, 'r+');
    for (let at = 0; at < size; at += 1009) {
      const byte = Buffer.alloc(1);
      await handle.read(byte, 0, 1, at);
      await handle.write(Buffer.from([byte[0]! ^ 0x10]), 0, 1, at);
      for (const [i, bytes] of (await cache.read(object, 'v1', 0, 11)).entries()) {
        if (bytes) expect(bytes.equals(blocks[i]!)).toBe(true);
      }
      expect([undefined, 'v1']).toContain(await cache.versionOf(object));
      await handle.write(byte, 0, 1, at);
    }
    await handle.close();
    expect(await cache.read(object, 'v1', 0, 11)).toEqual(blocks);
    for (let length = size; length > 0; length -= 2999) {
      await truncate(file, length);
      for (const [i, bytes] of (await cache.read(object, 'v1', 0, 11)).entries()) {
        if (bytes) expect(bytes.equals(blocks[i]!)).toBe(true);
      }
    }
    await cache.write(object, 'v1', 0, blocks);
    expect(await cache.read(object, 'v1', 0, 11)).toEqual(blocks);
  });

  it('loses nothing to writes at the same time', async () => {
    const caches = [cache, new DiskCache({ directory }, block)];
    await Promise.all(blocks.map((bytes, i) => caches[i % 2]!.write(object, 'v1', i, [bytes])));
    expect(await cache.read(object, 'v1', 0, 11)).toEqual(blocks);
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('is for this user only', async () => {
    await cache.write(object, 'v1', 0, blocks);
    expect((await stat(directory)).mode & 0o077).toBe(0);
    expect((await stat(await onlyFile())).mode & 0o077).toBe(0);
  });

  it('stays within its size, dropping what was not used for longest', async () => {
    const maxBytes = 4 * 1024 * 1024;
    cache = new DiskCache({ directory, maxBytes }, block);
    const keys = Array.from({ length: 150 }, (_, i) => ({ ...object, key: `R/${i}.sst` }));
    for (const key of keys) {
      await cache.write(key, 'v1', 0, blocks);
      await cache.versionOf(keys[0]!);
    }
    let total = 0;
    for (const name of await readdir(directory))
      total += (await stat(path.join(directory, name))).blocks * 512;
    // Half-full sectors of the last files are found at the next look only.
    expect(total).toBeLessThan(maxBytes * 1.1);
    expect(await cache.versionOf(keys[0]!)).toBe('v1');
    expect(await cache.versionOf(keys[1]!)).toBeUndefined();
    expect(await cache.versionOf(keys.at(-1)!)).toBe('v1');
  });

  it('removes what a killed process left unfinished', async () => {
    await cache.write(object, 'v1', 0, blocks);
    const left = path.join(directory, 'x.blocks-1.new');
    await writeFile(left, 'x');
    await utimes(left, new Date(0), new Date(0));
    await new DiskCache({ directory }, block).write(object, 'v1', 0, blocks);
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('is no reason to fail where it cannot be written', async () => {
    const file = path.join(directory, '../file');
    await cache.write(object, 'v1', 0, blocks);
    await writeFile(file, 'x');
    const impossible = new DiskCache({ directory: path.join(file, 'below') }, block);
    await impossible.write(object, 'v1', 0, blocks);
    expect(await impossible.read(object, 'v1', 0, 1)).toEqual([undefined]);
    await impossible.forget(object);
  });
});

describe('a block reader with a disk cache', () => {
  const wanted = { key: 'x', size: content.length };
  const range = { start: 3, end: content.length };

  async function storeWithObject(url = 's3://bucket/p'): Promise<MemoryStore> {
    const store = new MemoryStore({ url });
    await store.put('x', content);
    return store;
  }

  it('asks the store for nothing that an earlier reader fetched', async () => {
    const store = await storeWithObject();
    const options = { blockSize: block, diskCache: { directory, maxBytes: undefined } };
    const first = createBlockReader(store, options);
    expect(
      (await first.read(wanted, { start: 0, end: 3 * block })).equals(content.subarray(0, 3 * block)),
    ).toBe(true);
    await first.close();
    const second = createBlockReader(store, options);
    expect((await second.read(wanted, range)).equals(content.subarray(3))).toBe(true);
    expect(second.counts).toMatchObject({ requests: 1, bytesFetched: content.length - 3 * block, hits: 0 });
    await second.close();
    const third = createBlockReader(store, options);
    expect((await third.read(wanted, range)).equals(content.subarray(3))).toBe(true);
    expect(third.counts).toMatchObject({ requests: 0, bytesFetched: 0, hits: 1 });
    await third.close();
  });

  it('never mixes cached blocks with those of a changed object', async () => {
    const store = await storeWithObject();
    const options = { blockSize: block, diskCache: { directory } };
    const first = createBlockReader(store, options);
    await first.read(wanted, { start: 0, end: 10 });
    await first.close();
    const other = randomBytes(content.length);
    await store.put('x', other);
    const second = createBlockReader(store, options);
    await expect(second.read(wanted, range)).rejects.toMatchObject({ code: 'STORE-002' });
    await second.close();
    const third = createBlockReader(store, options);
    expect((await third.read(wanted, range)).equals(other.subarray(3))).toBe(true);
    await third.close();
  });

  it('does without one on a local directory', async () => {
    const store = await storeWithObject('file:///somewhere');
    const reader = createBlockReader(store, { diskCache: { directory } });
    await reader.read(wanted, range);
    await reader.close();
    await expect(readdir(directory)).rejects.toThrow();
  });
});
