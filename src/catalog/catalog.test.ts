import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DirectoryStore } from '../store/directory.ts';
import { MemoryStore } from '../store/memory.ts';
import { Catalog } from './catalog.ts';
import { writeMetadata, writeStats } from './metadata.ts';

const root = path.join(import.meta.dirname, '../..');
const sample = new Catalog(new DirectoryStore(path.join(root, 'sample')));

const checksum = '0123456789abcdef0123456789abcdef';

function metadata(files: { name: string; size: number }[], sourceId = 'r'): Buffer {
  return writeMetadata({
    files: files.map((file) => ({ ...file, checksum })),
    sourceId,
    id: '0',
    path: '/data/db',
    tags: null,
    time: 5n,
  });
}

async function storeWith(objects: Record<string, Buffer | string>, roots = ['']): Promise<MemoryStore> {
  const store = new MemoryStore({ roots });
  for (const [key, content] of Object.entries(objects)) await store.put(key, Buffer.from(content));
  return store;
}

describe('the catalog of a real store', () => {
  it('lists the replicas', async () => {
    expect(await sample.listReplicas()).toEqual(['rs0-a']);
    const others = new Catalog(new DirectoryStore(path.join(root, 'test/fixtures/store')));
    expect(await others.listReplicas()).toEqual(['busy', 'rs1-b', 'rs2-c', 'rs4_e.x', 'standalone']);
  });

  it('lists the backups, oldest first, with their figures', async () => {
    const backups = await sample.listBackups('rs0-a');
    expect(backups.map((backup) => backup.id)).toEqual(['0', '1', '2', '3', '4']);
    expect(backups[1]).toMatchObject({
      time: 1795325830731528868n,
      date: new Date('2026-11-22T05:37:10.731Z'),
      key: 'metadata/rs0-a/1_1795325830731528868.json',
      stats: { files: 13, newFiles: 2, bytes: 3127794, newBytes: 514535, duration: 14919351 },
    });
  });

  it('reads only the stats that are wanted', async () => {
    const some = await sample.listBackups('rs0-a', { stats: 2 });
    expect(some.map((backup) => backup.stats !== undefined)).toEqual([false, false, false, true, true]);
    const none = await sample.listBackups('rs0-a', { stats: 'none' });
    expect(none.every((backup) => backup.stats === undefined)).toBe(true);
  });

  it('loads a backup, and its files lie where it says', async () => {
    for (const id of ['0', '1', '2', '3', '4']) {
      const backup = await sample.loadBackup('rs0-a', id);
      expect(backup.metadata).toMatchObject({ id, sourceId: 'rs0-a', path: '/data/mongodb/rs0', tags: null });
      expect(backup.metadata.time).toBe(backup.ref.time);
      for (const file of backup.files) expect((await sample.store.head(file.key)).size).toBe(file.size);
    }
  });

  it('finds the recorded MD5 of a file', async () => {
    const backup = await sample.loadBackup('rs0-a', '0');
    const current = backup.files.find((file) => file.name === 'CURRENT')!;
    expect((await sample.recordedMd5(backup, current))?.length).toBe(16);
    expect(await sample.recordedMd5(backup, { ...current, size: 1 })).toBeUndefined();
  });
});

describe('a store in disorder', () => {
  it('has nothing to show for an empty store', async () => {
    const catalog = new Catalog(new MemoryStore());
    expect(await catalog.listReplicas()).toEqual([]);
    expect(await catalog.listBackups('r')).toEqual([]);
    await expect(catalog.loadBackup('r', '0')).rejects.toMatchObject({ code: 'CAT-001' });
  });

  it('skips odd keys and damaged stats with a notice', async () => {
    const store = await storeWith({
      'metadata/r/1_20.json': metadata([]),
      'stats/r/1_20.json': '{"num_files":-1}',
      'metadata/r/0_10.json': metadata([]),
      'metadata/r/0_10.json.tmp': 'x',
      'metadata/r/a_b_3.json': 'x',
      'metadata/r/deep/0_5.json': 'x',
      'metadata/r2/9_9.json': metadata([]),
    });
    const notices: string[] = [];
    const backups = await new Catalog(store).listBackups('r', { onNotice: (notice) => notices.push(notice) });
    expect(backups.map(({ id, stats }) => [id, stats])).toEqual([
      ['0', undefined],
      ['1', undefined],
    ]);
    expect(notices).toEqual([
      'metadata/r/0_10.json.tmp does not have the name of a backup; it was skipped',
      'metadata/r/a_b_3.json does not have the name of a backup; it was skipped',
      'metadata/r/deep/0_5.json does not have the name of a backup; it was skipped',
      'stats/r/1_20.json cannot be read: num_files is not a count',
    ]);
  });

  it('sees both spellings of an empty prefix', async () => {
    const store = await storeWith(
      {
        '/metadata/r/1_20.json': metadata([{ name: 'CURRENT', size: 16 }]),
        'metadata/r/0_10.json': metadata([]),
      },
      ['', '/'],
    );
    const catalog = new Catalog(store);
    expect(await catalog.listReplicas()).toEqual(['r']);
    expect((await catalog.listBackups('r')).map((backup) => backup.id)).toEqual(['0', '1']);
    expect((await catalog.loadBackup('r', '1')).files[0]?.key).toBe(`/r/CURRENT_${checksum}_16`);
  });

  it('takes the newest of two backups with one id, or the one that is named exactly', async () => {
    const store = await storeWith({
      'metadata/r/3_10.json': metadata([{ name: 'old', size: 1 }]),
      'metadata/r/3_20.json': metadata([{ name: 'new', size: 1 }]),
    });
    const notices: string[] = [];
    const catalog = new Catalog(store);
    const newest = await catalog.loadBackup('r', '3', { onNotice: (notice) => notices.push(notice) });
    expect(newest.files[0]?.name).toBe('new');
    expect(notices).toEqual(['more than one backup has the id 3; the newest was taken, not 3_10']);
    expect((await catalog.loadBackup('r', '3_10')).files[0]?.name).toBe('old');
    await expect(catalog.loadBackup('r', '4')).rejects.toMatchObject({ code: 'CAT-002' });
  });

  it('reports a file that is listed twice', async () => {
    const store = await storeWith({
      'metadata/r/0_10.json': metadata([
        { name: 'a', size: 1 },
        { name: 'a', size: 2 },
      ]),
    });
    const notices: string[] = [];
    const backup = await new Catalog(store).loadBackup('r', '0', {
      onNotice: (notice) => notices.push(notice),
    });
    expect(backup.files.map((file) => file.size)).toEqual([1]);
    expect(backup.duplicates.map((file) => file.size)).toEqual([2]);
    expect(notices).toEqual(['metadata/r/0_10.json names the file a more than once']);
  });

  it.each([
    ['not JSON', 'x'],
    ['a list', '[]'],
    ['a file without a name', '{"files":[{}]}'],
    ['a file outside its directory', '{"files":[{"name":"../x","size":1,"checksum":"c"}]}'],
    ['a negative size', '{"files":[{"name":"x","size":-1,"checksum":"c"}]}'],
    ['no time', '{"files":null,"source_id":"r","id":"0","path":"/"}'],
    ['a source id outside the layout', metadata([], '../x')],
  ])('refuses metadata with %s', async (_, content) => {
    const store = await storeWith({ 'metadata/r/0_10.json': content });
    await expect(new Catalog(store).loadBackup('r', '0')).rejects.toMatchObject({ code: /^CAT-00[34]$/ });
  });

  it.each(['', 'a/b', '..', 'metadata', 'stats', 'file_metadata', 'a\nb'])(
    'refuses the replica id %j',
    async (replica) => {
      await expect(new Catalog(new MemoryStore()).listBackups(replica)).rejects.toMatchObject({
        code: 'CAT-004',
      });
    },
  );

  it('lists ten thousand backups', async () => {
    const store = new MemoryStore();
    const stats = writeStats({ files: 1, newFiles: 1, bytes: 1, newBytes: 1, duration: 1 });
    for (let i = 0; i < 10_000; i++) {
      await store.put(`metadata/r/${i}_${i}000.json`, Buffer.from('never read'));
      await store.put(`stats/r/${i}_${i}000.json`, stats);
    }
    const backups = await new Catalog(store).listBackups('r');
    expect(backups).toHaveLength(10_000);
    expect(backups.at(-1)).toMatchObject({ id: '9999', stats: { files: 1 } });
  });
});
