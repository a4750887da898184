import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  directorySource,
  dump,
  fixtureStore,
  loadAll,
  rebuildCheckpoint,
  sampleStore,
} from '../../test/support/checkpoints.ts';
import { Catalog } from '../catalog/catalog.ts';
import { fileMetadataKey, metadataKey } from '../catalog/layout.ts';
import { MemoryStore } from '../store/memory.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { backup } from './backup.ts';
import type { Progress } from './progress.ts';

let work: string;
beforeEach(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'mongoq-backup-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

/** Metadata as text without its zone, in which the writers of the fixtures differ from this machine. */
function comparable(bytes: Buffer): string {
  const text = bytes.toString();
  return text.replace(/"time":"([^"]*)"/, (_, time: string) => `"time":"${new Date(time).toISOString()}"`);
}

/** Backs up the checkpoints of a replica's backups, oldest first, into an empty store. */
async function replay(from: ObjectStore, replica: string): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const original of await loadAll(from, replica)) {
    const directory = path.join(work, original.ref.id);
    await rebuildCheckpoint(from, original, directory);
    const { path: dbPath, time } = original.metadata;
    await backup(store, replica, directorySource(directory, { dbPath, time }));
  }
  return store;
}

describe('a backup of a real checkpoint', () => {
  it.each([
    ['rs0-a', sampleStore],
    ...['busy', 'rs1-b', 'rs2-c', 'rs4_e.x', 'standalone'].map((replica) => [replica, fixtureStore] as const),
  ] as const)('of %s has the keys and the JSON that rocks-strata wrote', async (replica, from) => {
    const ours = await dump(await replay(from, replica));
    const ids = (await loadAll(from, replica)).map((original) => original.ref);
    for (const folder of ['', 'file_metadata/']) {
      for (const [key, bytes] of await dump(from, `${folder}${replica}/`)) {
        expect(ours.get(key)?.equals(bytes), key).toBe(true);
        ours.delete(key);
      }
    }
    for (const [i, ref] of ids.entries()) {
      const theirs = await from.get(metadataKey(ref));
      // A single fixture of a replica need not be its first backup.
      const own = { ...ref, id: String(i) };
      const expected = comparable(theirs).replace(`"id":"${ref.id}"`, `"id":"${i}"`);
      expect(comparable(ours.get(metadataKey(own))!)).toBe(expected);
    }
  });

  it('has the figures that rocks-strata wrote', async () => {
    const store = await replay(sampleStore, 'rs0-a');
    const ours = await new Catalog(store).listBackups('rs0-a');
    const theirs = await new Catalog(sampleStore).listBackups('rs0-a');
    const figures = (list: typeof ours): object[] => list.map(({ stats }) => ({ ...stats, duration: 0 }));
    expect(figures(ours)).toEqual(figures(theirs));
  });
});

describe('a backup', () => {
  it('on top of earlier ones uploads only what is new, and leaves nothing behind', async () => {
    const store = new MemoryStore();
    const [first, second] = await loadAll(sampleStore, 'rs0-a');
    const time = 5n;
    await rebuildCheckpoint(sampleStore, first!, path.join(work, '0'));
    await rebuildCheckpoint(sampleStore, second!, path.join(work, '1'));
    await backup(store, 'r', directorySource(path.join(work, '0'), { dbPath: '/d', time }));
    const source = directorySource(path.join(work, '1'), { dbPath: '/d', time: 6n });
    const seen: Progress[] = [];
    const { ref, stats } = await backup(store, 'r', source, { progress: (now) => seen.push(now) });
    expect(ref).toMatchObject({ id: '1', time: 6n });
    expect(stats).toMatchObject({ files: 13, newFiles: 2, newBytes: 514535 });
    expect(seen.at(-1)).toMatchObject({ filesDone: 2, filesTotal: 2, bytesDone: 514535, bytesTotal: 514535 });
    expect(source.removed).toBe(1);
    expect(JSON.parse((await store.get('mongoq/lease/r.json')).toString())).toMatchObject({ holders: [] });
  });

  it('takes empty files, which rocks-strata cannot', async () => {
    const store = new MemoryStore();
    await writeFile(path.join(work, '000001.log'), '');
    await writeFile(path.join(work, 'CURRENT'), 'x');
    const { ref } = await backup(store, 'r', directorySource(work, { dbPath: '/d', time: 5n }));
    const loaded = await new Catalog(store).loadRef(ref);
    expect(loaded.files.map((file) => file.size)).toEqual([0, 1]);
    for (const file of loaded.files) expect((await store.head(file.key)).size).toBe(file.size);
    expect((await store.get(fileMetadataKey('r', loaded.files[0]!))).toString()).toBe(
      '{"completechecksum":"1B2M2Y8AsgTpgAmY7PhCfg=="}',
    );
  });

  it('continues where the numbers of rocks-strata end, passing over ids that are no numbers', async () => {
    const store = new MemoryStore();
    for (const id of ['3', 'x', '11']) await store.put(`metadata/r/${id}_1.json`, Buffer.from('{}'));
    await writeFile(path.join(work, 'CURRENT'), 'x');
    const { ref } = await backup(store, 'r', directorySource(work, { dbPath: '/d', time: 5n }));
    expect(ref.id).toBe('12');
  });

  it('keeps to the spelling of keys that the replica has', async () => {
    const store = new MemoryStore({ roots: ['', '/'] });
    await store.put('/metadata/r/0_1.json', Buffer.from('{}'));
    await writeFile(path.join(work, 'CURRENT'), 'x');
    await backup(store, 'r', directorySource(work, { dbPath: '/d', time: 5n }));
    const keys = [...(await dump(store)).keys()].filter((key) => !key.includes('lease'));
    expect(keys).toHaveLength(5);
    expect(keys.every((key) => key.startsWith('/'))).toBe(true);
  });

  it('replaces an object that is shorter than its key says', async () => {
    const store = new MemoryStore();
    await writeFile(path.join(work, 'CURRENT'), 'content');
    const source = directorySource(work, { dbPath: '/d', time: 5n });
    const first = await backup(store, 'r', source);
    const { key } = (await new Catalog(store).loadRef(first.ref)).files[0]!;
    await store.put(key, Buffer.from('con'));
    await backup(store, 'r', directorySource(work, { dbPath: '/d', time: 6n }));
    expect((await store.get(key)).toString()).toBe('content');
  });

  it('uploads again what a foreign garbage collection removed before the metadata was there', async () => {
    const store = new MemoryStore();
    await writeFile(path.join(work, 'CURRENT'), 'content');
    const put = store.put.bind(store);
    let struck = false;
    store.put = async (key, body, options) => {
      if (key.startsWith('metadata/') && !struck) {
        struck = true;
        for (const each of (await dump(store, 'r/')).keys()) await store.delete(each);
        for (const each of (await dump(store, 'file_metadata/')).keys()) await store.delete(each);
      }
      return put(key, body, options);
    };
    const notices: string[] = [];
    const { ref } = await backup(store, 'r', directorySource(work, { dbPath: '/d', time: 5n }), {
      onNotice: (notice) => notices.push(notice),
    });
    const loaded = await new Catalog(store).loadRef(ref);
    expect((await store.get(loaded.files[0]!.key)).toString()).toBe('content');
    expect(await new Catalog(store).recordedMd5(loaded, loaded.files[0]!)).toBeDefined();
    expect(notices).toHaveLength(1);
  });

  it('lists nothing when it fails, and removes the checkpoint', async () => {
    const store = new MemoryStore();
    await writeFile(path.join(work, 'CURRENT'), 'content');
    const put = store.put.bind(store);
    store.put = (key, body, options) =>
      key.startsWith('stats/') ? Promise.reject(new Error('no')) : put(key, body, options);
    const source = directorySource(work, { dbPath: '/d', time: 5n });
    await expect(backup(store, 'r', source)).rejects.toThrow('no');
    expect(await new Catalog(store).listRefs('r')).toEqual([]);
    expect(source.removed).toBe(1);
  });

  it.each(['mongoq', 'stats', 'a/b', ''])('refuses the replica id %j', async (replica) => {
    const source = directorySource(work, { dbPath: '/d', time: 5n });
    await expect(backup(new MemoryStore(), replica, source)).rejects.toMatchObject({ code: 'CAT-004' });
  });
});
