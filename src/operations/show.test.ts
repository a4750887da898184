import { describe, expect, it, vi } from 'vitest';
import { copyStore, sampleStore } from '../../test/support/checkpoints.ts';
import { Catalog } from '../catalog/catalog.ts';
import { MemoryStore } from '../store/memory.ts';
import { backupTable, lastBackupTime, showBackups } from './show.ts';

async function sampleWithoutSomeStats(): Promise<Catalog> {
  const store = new MemoryStore();
  await copyStore(sampleStore, store);
  await store.delete('stats/rs0-a/2_1795325832004091605.json');
  return new Catalog(store);
}

describe('show', () => {
  it('has the columns of rocks-strata, and question marks where figures are missing', async () => {
    const rows = await showBackups(await sampleWithoutSomeStats(), 'rs0-a');
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const lines = backupTable(rows).split('\n');
    expect(lines[0]).toMatch(
      /^ID {3}data {2,}num files {3}size \(GB\) {3}incremental files {3}incremental size {3}duration$/,
    );
    expect(lines[1]).toMatch(
      /^0 {4}2026-11-22 .* {3}13 {10}0\.002438 {4}13 {18}0\.002438 {11}13\.445502ms {3}$/,
    );
    expect(lines[3]).toMatch(/^2 {4}2026-11-22 .* {3}\? {11}\? {11}\? {19}\? {18}\? {13}$/);
    expect(lines).toHaveLength(7);
    if (zone === 'UTC') expect(lines[1]).toContain('2026-11-22 05:37:09 UTC');
  });

  it('tells beside an empty list that there are no backups', async () => {
    const onNotice = vi.fn();
    expect(await showBackups(new Catalog(new MemoryStore()), 'r', { onNotice })).toEqual([]);
    expect(onNotice.mock.calls).toEqual([[expect.stringMatching(/^replica r has no backups in /)]]);
  });

  it('takes number and size from the metadata where it is asked to', async () => {
    const rows = await showBackups(await sampleWithoutSomeStats(), 'rs0-a', { sizes: true });
    expect(rows[2]).toMatchObject({ id: '2', files: 13, bytes: 2831634, newFiles: undefined });
    expect(rows[1]).toMatchObject({
      time: '2026-11-22T05:37:10.731Z',
      timeNs: '1795325830731528868',
      newBytes: 514535,
      duration: 14919351,
    });
  });

  it('tells of metadata that cannot be read, and shows the others', async () => {
    const catalog = await sampleWithoutSomeStats();
    await catalog.store.put('metadata/rs0-a/2_1795325832004091605.json', Buffer.from('{'));
    const notices: string[] = [];
    const onNotice = (notice: string) => notices.push(notice);
    const rows = await showBackups(catalog, 'rs0-a', { sizes: true, onNotice });
    expect(rows.map(({ files }) => files)).toEqual([13, 13, undefined, 13, 8]);
    expect(notices).toEqual([expect.stringContaining('metadata/rs0-a/2_1795325832004091605.json')]);
  });

  it('has the head alone for a replica without backups', async () => {
    expect(backupTable(await showBackups(new Catalog(new MemoryStore()), 'r'))).toBe(
      'ID   data   num files   size (GB)   incremental files   incremental size   duration\n',
    );
  });

  it('knows the time of the last backup', async () => {
    expect(await lastBackupTime(new Catalog(sampleStore), 'rs0-a')).toBe(1795325834);
    expect(await lastBackupTime(new Catalog(sampleStore), 'other')).toBeUndefined();
  });
});
