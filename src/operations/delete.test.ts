import { describe, expect, it, vi } from 'vitest';
import { copyStore, dump, sampleStore } from '../../test/support/checkpoints.ts';
import { Catalog } from '../catalog/catalog.ts';
import { MemoryStore } from '../store/memory.ts';
import { deleteBackups } from './delete.ts';
import { gc } from './gc.ts';
import { verify } from './verify.ts';

async function sampleCopy(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await copyStore(sampleStore, store);
  return store;
}

async function idsOf(store: MemoryStore): Promise<string[]> {
  return (await new Catalog(store).listRefs('rs0-a')).map((ref) => ref.id);
}

describe('delete', () => {
  it.each([
    [{ id: '2' }, ['0', '1', '3', '4']],
    [{ id: '2_1795325832004091605' }, ['0', '1', '3', '4']],
    [{ keepLast: 2 }, ['3', '4']],
    [{ keepLast: 9 }, ['0', '1', '2', '3', '4']],
    [{ olderThanMs: 3_500, now: new Date('2026-11-22T05:37:14Z') }, ['1', '2', '3', '4']],
    [{ olderThanMs: 3_600_000, now: new Date('2026-11-22T05:37:14Z') }, ['0', '1', '2', '3', '4']],
  ])('%j leaves %j', async (selection, left) => {
    const store = await sampleCopy();
    const before = (await dump(store)).size;
    const chosen = await deleteBackups(store, 'rs0-a', selection, { dryRun: true });
    expect(await idsOf(store)).toHaveLength(5);
    expect(await deleteBackups(store, 'rs0-a', selection)).toEqual(chosen);
    expect(await idsOf(store)).toEqual(left);
    expect((await dump(store)).size).toBe(before - chosen.length);
  });

  it('does not guess', async () => {
    const store = await sampleCopy();
    await expect(deleteBackups(store, 'rs0-a', { id: '9' })).rejects.toMatchObject({ code: 'CAT-002' });
    await expect(deleteBackups(store, 'x', { id: '9' })).rejects.toMatchObject({ code: 'CAT-001' });
    await store.put('metadata/rs0-a/2_5.json', Buffer.from('{}'));
    await expect(deleteBackups(store, 'rs0-a', { id: '2' })).rejects.toMatchObject({ code: 'CLI-001' });
  });
});

it('tells of a replica without backups, of which there is nothing to delete', async () => {
  const onNotice = vi.fn();
  expect(await deleteBackups(await sampleCopy(), 'rs0', { keepLast: 1 }, { onNotice })).toEqual([]);
  expect(onNotice.mock.calls).toEqual([[expect.stringMatching(/^replica rs0 has no backups in /)]]);
});

describe('gc', () => {
  it('removes what no backup needs, and nothing else', async () => {
    const store = await sampleCopy();
    await store.put('rs0-a/half.sst.tmp', Buffer.from('x'));
    await store.put('metadata/rs0-a/7_7.json.tmp', Buffer.from('x'));
    await store.put('rs0-ab/x', Buffer.from('of another replica'));
    await deleteBackups(store, 'rs0-a', { keepLast: 1 });
    const before = await dump(store);
    const planned = await gc(store, 'rs0-a', { graceMs: 0, dryRun: true });
    expect((await dump(store)).size).toBe(before.size);
    const done = await gc(store, 'rs0-a', { graceMs: 0 });
    expect(done).toEqual(planned);
    expect(done).toMatchObject({ needed: 8, young: 0 });
    const after = await dump(store);
    // One more: the lease.
    expect(before.size - after.size + 1).toBe(done.removed.length);
    expect(done.removed.map((each) => each.key)).toEqual(
      expect.arrayContaining(['rs0-a/half.sst.tmp', 'metadata/rs0-a/7_7.json.tmp']),
    );
    // 8 files and their MD5s, metadata, stats, the lease, and the other replica's.
    expect(after.size).toBe(8 + 8 + 1 + 1 + 1 + 1);
    expect((await verify(store, 'rs0-a')).good).toBe(true);
    expect(await gc(store, 'rs0-a', { graceMs: 0 })).toMatchObject({ removed: [], removedBytes: 0 });
  });

  it('writes nothing where there is nothing of the replica', async () => {
    const store = await sampleCopy();
    const before = await dump(store);
    for (const dryRun of [true, false])
      await expect(gc(store, 'rs0', { graceMs: 0, dryRun })).rejects.toMatchObject({ code: 'CAT-001' });
    expect([...(await dump(store)).keys()]).toEqual([...before.keys()]);
  });

  it('keeps what is young', async () => {
    const store = await sampleCopy();
    await deleteBackups(store, 'rs0-a', { keepLast: 1 });
    expect(await gc(store, 'rs0-a')).toMatchObject({ removed: [], young: 25 * 2 + 4 });
  });

  it('removes nothing while a metadata object cannot be read', async () => {
    const store = await sampleCopy();
    await deleteBackups(store, 'rs0-a', { keepLast: 1 });
    await store.put('metadata/rs0-a/9_9.json', Buffer.from('{'));
    const before = (await dump(store)).size;
    await expect(gc(store, 'rs0-a', { graceMs: 0 })).rejects.toMatchObject({ code: 'CAT-003' });
    // One more: the lease.
    expect((await dump(store)).size).toBe(before + 1);
  });

  it('spares a backup that appears while it works', async () => {
    const store = await sampleCopy();
    const [first] = await new Catalog(store).listRefs('rs0-a');
    const key = `metadata/rs0-a/0_${first!.time}.json`;
    const metadata = await store.get(key);
    await deleteBackups(store, 'rs0-a', { keepLast: 1 });
    await gc(store, 'rs0-a', {
      graceMs: 0,
      progress: ({ filesDone }) => void (filesDone === 0 && store.put(key, metadata)),
    });
    expect(await idsOf(store)).toEqual(['0', '4']);
    expect((await verify(store, 'rs0-a', { level: 1 })).findings).toEqual([]);
  });
});
