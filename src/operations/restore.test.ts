import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { copyStore, fixtureStore, loadAll, sampleStore } from '../../test/support/checkpoints.ts';
import { fileMetadataKey, metadataKey } from '../catalog/layout.ts';
import { MemoryStore } from '../store/memory.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { lockFile } from './file-lock.ts';
import { restore } from './restore.ts';

let target: string;
beforeEach(async () => {
  target = await mkdtemp(path.join(tmpdir(), 'mongoq-restore-'));
});
afterEach(() => rm(target, { recursive: true, force: true }));

async function listing(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** A restore takes a lease, which has no place in the fixtures. */
async function copyOf(from: ObjectStore): Promise<MemoryStore> {
  const store = new MemoryStore();
  await copyStore(from, store);
  return store;
}

const sampleCopy = (): Promise<MemoryStore> => copyOf(sampleStore);

describe('restore', () => {
  it('writes every byte, the log where mongod 3.4 reads it, and storage.bson', async () => {
    for (const [from, replica, id] of [
      [sampleStore, 'rs0-a', '4'],
      [fixtureStore, 'busy', '0'],
    ] as const) {
      const store = await copyOf(from);
      const directory = path.join(target, replica);
      const result = await restore(store, replica, id, { target: directory });
      const [loaded] = (await loadAll(store, replica)).filter((each) => each.ref.id === id);
      const expected = loaded!.files.map((file) =>
        file.name.endsWith('.log') ? `db/journal/${file.name}` : `db/${file.name}`,
      );
      expect(await listing(directory)).toEqual([...expected, 'mongod.lock', 'storage.bson'].sort());
      for (const [i, file] of loaded!.files.entries())
        expect((await readFile(path.join(directory, expected[i]!))).equals(await store.get(file.key))).toBe(
          true,
        );
      expect((await stat(path.join(directory, 'mongod.lock'))).size).toBe(0);
      expect((await stat(path.join(directory, 'db/journal'))).isDirectory()).toBe(true);
      expect(result).toMatchObject({
        kept: 0,
        files: loaded!.files.length,
        withoutMd5: [],
        walFolder: 'db/journal',
      });
    }
    expect((await readFile(path.join(target, 'busy/storage.bson'))).toString('hex')).toBe(
      '4d0000000373746f72616765003f00000002656e67696e650008000000726f636b736462' +
        '00036f7074696f6e73001d00000010726f636b73466f726d617456657273696f6e0003000000000000',
    );
  });

  it('keeps what is intact and fetches the rest when it is run again', async () => {
    const store = await sampleCopy();
    await restore(store, 'rs0-a', '1', { target });
    const [name] = (await listing(path.join(target, 'db'))).filter((each) => each.endsWith('.sst'));
    const damaged = await readFile(path.join(target, 'db', name!));
    damaged.writeUInt8(damaged.readUInt8(5000) ^ 1, 5000);
    await writeFile(path.join(target, 'db', name!), damaged);
    await writeFile(path.join(target, 'db', 'x.sst.mongoq-tmp'), 'half');
    const again = await restore(store, 'rs0-a', '1', { target });
    // CURRENT is fetched with whatever else is.
    const current = await stat(path.join(target, 'db/CURRENT'));
    expect(again).toMatchObject({ files: 13, kept: 11, fetchedBytes: damaged.length + current.size });
    expect(await restore(store, 'rs0-a', '1', { target })).toMatchObject({ kept: 13, fetchedBytes: 0 });
    expect(await listing(target)).not.toContain('db/x.sst.mongoq-tmp');
  });

  it('goes on after an interruption, also with another backup', async () => {
    const store = await sampleCopy();
    const abort = new AbortController();
    const run = restore(store, 'rs0-a', '0', {
      target,
      parallel: 1,
      signal: abort.signal,
      progress: ({ phase, filesDone }) => {
        if (phase === 'restore' && filesDone === 3) abort.abort(new Error('stop'));
      },
    });
    await expect(run).rejects.toThrow('stop');
    const left = await listing(target);
    expect(left).not.toContain('db/CURRENT');
    expect(left.filter((name) => name.endsWith('.mongoq-tmp'))).toEqual([]);
    expect(await restore(store, 'rs0-a', '1', { target })).toMatchObject({ files: 13 });
    expect(await listing(target)).not.toContain('mongoq-restore.json');
  });

  it('never leaves a database of two backups behind', async () => {
    const store = await sampleCopy();
    await restore(store, 'rs0-a', '0', { target });
    const [, backup] = await loadAll(store, 'rs0-a');
    const current = backup!.files.find((file) => file.name === 'CURRENT');
    // They say the same, as that of a database does that was not opened anew.
    expect(await readFile(path.join(target, 'db/CURRENT'))).toEqual(await store.get(current!.key));
    const manifest = backup!.files.find((file) => file.name.startsWith('MANIFEST'));
    await store.delete(manifest!.key);
    await expect(restore(store, 'rs0-a', '1', { target, force: true })).rejects.toMatchObject({
      code: 'OP-004',
    });
    expect(await listing(target)).not.toContain('db/CURRENT');
  });

  it('lets the directory go when it is stopped while it waits for the lease', async () => {
    const store = await sampleCopy();
    const controller = new AbortController();
    const { signal } = controller;
    const getWithInfo = store.getWithInfo.bind(store);
    store.getWithInfo = (key, options) =>
      key.startsWith('mongoq/')
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
        : getWithInfo(key, options);
    const run = restore(store, 'rs0-a', '0', { target, signal });
    await expect.poll(() => listing(target)).toContain('mongod.lock');
    controller.abort(new Error('stop'));
    await expect(run).rejects.toThrow('stop');
    await (await lockFile(path.join(target, 'mongod.lock'))).release();
  });

  it('does without the program that locks files', async () => {
    vi.stubEnv('PATH', target);
    try {
      await restore(await sampleCopy(), 'rs0-a', '0', { target });
    } finally {
      vi.unstubAllEnvs();
    }
    expect((await stat(path.join(target, 'mongod.lock'))).size).toBe(0);
  });

  it('wants to be told where to, if the backup does not say a place', async () => {
    const store = await sampleCopy();
    for (const { ref } of (await loadAll(store, 'rs0-a')).slice(0, 1)) {
      const key = ref.root + metadataKey(ref);
      const text = String(await store.get(key));
      await store.put(key, Buffer.from(text.replace(/"path":"[^"]*"/, '"path":"data"')));
    }
    await expect(restore(store, 'rs0-a', '0')).rejects.toMatchObject({
      code: 'OP-002',
      hint: expect.stringContaining('--target-path') as string,
    });
  });

  it.each(['note.txt', 'db/note.txt', 'db/000001.sst'])(
    'refuses a directory that holds %s, unless forced',
    async (name) => {
      const store = await sampleCopy();
      await mkdir(path.join(target, 'db'));
      await writeFile(path.join(target, name), 'mine');
      await expect(restore(store, 'rs0-a', '0', { target })).rejects.toMatchObject({ code: 'OP-002' });
      expect(await readFile(path.join(target, name), 'utf8')).toBe('mine');
      await restore(store, 'rs0-a', '0', { target, force: true });
      expect((await listing(target)).includes(name)).toBe(!name.startsWith('db/'));
    },
  );

  it('writes nothing to the store for a backup that is not there', async () => {
    const store = await sampleCopy();
    const onNotice = vi.fn();
    for (const [replica, id, code] of [
      ['nosuch', '0', 'CAT-001'],
      ['rs0-a', '99', 'CAT-002'],
    ] as const)
      await expect(restore(store, replica, id, { target, onNotice })).rejects.toMatchObject({ code });
    await expect(store.list('mongoq/')[Symbol.asyncIterator]().next()).resolves.toMatchObject({ done: true });
    expect(onNotice).not.toHaveBeenCalled();
  });

  it('leaves nothing where it was refused', async () => {
    const store = await sampleCopy();
    await writeFile(path.join(target, 'note.txt'), 'mine');
    await expect(restore(store, 'rs0-a', '0', { target })).rejects.toMatchObject({ code: 'OP-002' });
    expect(await readdir(target)).toEqual(['note.txt']);
    const [backup] = await loadAll(store, 'rs0-a');
    await store.delete(backup!.ref.root + metadataKey(backup!.ref));
    const deep = path.join(target, 'a/b');
    await store.put(backup!.ref.root + metadataKey(backup!.ref), Buffer.from('{'));
    await expect(restore(store, 'rs0-a', '0', { target: deep })).rejects.toMatchObject({ code: 'CAT-003' });
    expect(await readdir(target)).toEqual(['note.txt']);
  });

  it('says at once that the disk is full, and what else the file system says', async () => {
    const store = await sampleCopy();
    const file = path.join(target, 'storage.bson');
    await symlink('/dev/full', file);
    await expect(restore(store, 'rs0-a', '0', { target })).rejects.toMatchObject({
      code: 'OP-005',
      message: `there is no space left in ${target}`,
    });
    await rm(file);
    await mkdir(file);
    await expect(restore(store, 'rs0-a', '0', { target })).rejects.toMatchObject({
      code: 'OP-002',
      message: expect.stringContaining(`${target} cannot be written to: EISDIR`) as string,
    });
    await rmdir(file);
    expect(await restore(store, 'rs0-a', '0', { target })).toMatchObject({ kept: 13 });
  });

  it('refuses a directory in use', async () => {
    const lock = await lockFile(path.join(target, 'mongod.lock'));
    await expect(restore(await sampleCopy(), 'rs0-a', '0', { target })).rejects.toMatchObject({
      code: 'OP-002',
    });
    await lock.release();
  });

  it('reports a missing and a damaged object and leaves neither behind', async () => {
    const store = await sampleCopy();
    const [backup] = await loadAll(store, 'rs0-a');
    const [first, second] = backup!.files;
    const bytes = await store.get(first!.key);
    await store.put(first!.key, Buffer.concat([bytes.subarray(0, -1), Buffer.of(0x55)]));
    await expect(restore(store, 'rs0-a', '0', { target })).rejects.toMatchObject({ code: 'OP-004' });
    await store.put(first!.key, bytes);
    await store.delete(second!.key);
    await rm(path.join(target, 'db', second!.name), { force: true });
    await expect(restore(store, 'rs0-a', '0', { target })).rejects.toMatchObject({ code: 'OP-004' });
    const left = await listing(target);
    expect(left.filter((name) => name.endsWith('.mongoq-tmp') || name.endsWith(second!.name))).toEqual([]);
  });

  it('falls back on the partial checksum where no MD5 is recorded', async () => {
    const store = await sampleCopy();
    const [backup] = await loadAll(store, 'rs0-a');
    const [file] = backup!.files;
    await store.delete(fileMetadataKey('rs0-a', file!));
    expect((await restore(store, 'rs0-a', '0', { target })).withoutMd5).toEqual([file!.name]);
    const bytes = await store.get(file!.key);
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    await store.put(file!.key, bytes);
    await expect(restore(store, 'rs0-a', '0', { target, force: true })).resolves.toMatchObject({ kept: 13 });
    await rm(path.join(target, 'db', file!.name));
    await expect(restore(store, 'rs0-a', '0', { target })).rejects.toMatchObject({ code: 'OP-004' });
  });
});
