import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyStore, fixtureStore, loadAll, sampleStore } from '../../test/support/checkpoints.ts';
import type { Backup, BackupFile } from '../catalog/catalog.ts';
import { fileMetadataKey } from '../catalog/layout.ts';
import { writeMetadata } from '../catalog/metadata.ts';
import { MemoryStore } from '../store/memory.ts';
import { verify } from './verify.ts';
import type { VerifyReport } from './verify-report.ts';

async function sampleCopy(): Promise<{ store: MemoryStore; backups: Backup[] }> {
  const store = new MemoryStore();
  await copyStore(sampleStore, store);
  return { store, backups: await loadAll(store, 'rs0-a') };
}

function fileOf(backup: Backup | undefined, pattern: RegExp): BackupFile {
  return backup!.files.find((file) => pattern.test(file.name))!;
}

async function flipBit(store: MemoryStore, key: string, offset: number): Promise<void> {
  const bytes = await store.get(key);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 4, offset);
  await store.put(key, bytes);
}

function kinds(report: VerifyReport): string[] {
  return report.findings.map((finding) => finding.kind).sort();
}

describe('verify', () => {
  it('finds nothing wrong with the real stores, and reads each shared file once', async () => {
    const report = await verify(sampleStore, 'rs0-a');
    expect(report).toMatchObject({ good: true, findings: [], withoutMd5: 0, level: 2 });
    expect(report.objects).toMatchObject({ needed: 33, read: 33, resumed: 0 });
    expect(report.backups.map((backup) => [backup.id, backup.files, backup.good])).toEqual([
      ['0', 13, true],
      ['1', 13, true],
      ['2', 13, true],
      ['3', 13, true],
      ['4', 8, true],
    ]);
    for (const replica of ['busy', 'rs1-b', 'rs2-c', 'rs4_e.x', 'standalone'])
      expect((await verify(fixtureStore, replica)).findings).toEqual([]);
  });

  it('finds missing and truncated objects without reading any, and says which backups need them', async () => {
    const { store, backups } = await sampleCopy();
    const options = fileOf(backups[0], /^OPTIONS/);
    const manifest = fileOf(backups[2], /^MANIFEST/);
    await store.delete(options.key);
    await store.put(manifest.key, (await store.get(manifest.key)).subarray(1));
    const report = await verify(store, 'rs0-a', { level: 1 });
    expect(report.good).toBe(false);
    expect(report.objects.read).toBe(0);
    expect(report.findings.map(({ kind, key, backups: affected }) => [kind, key, affected])).toEqual(
      expect.arrayContaining([
        ['missing', options.key, ['0', '1', '2', '3', '4']],
        ['size', manifest.key, ['2']],
      ]),
    );
    expect(report.findings).toHaveLength(2);
    const one = await verify(store, 'rs0-a', { level: 1, id: '1' });
    expect(one.backups.map((backup) => [backup.id, backup.good])).toEqual([['1', false]]);
  });

  it.each([
    ['an SST', /\.sst$/, 'rs0-a', 3000],
    ['a MANIFEST', /^MANIFEST/, 'rs0-a', 100],
    ['a WAL', /\.log$/, 'rs0-a', 20],
    ['CURRENT', /^CURRENT/, 'rs0-a', 3],
  ])('finds one flipped bit in %s, by MD5 and by the format itself', async (_, pattern, replica, offset) => {
    const { store, backups } = await sampleCopy();
    const file = fileOf(backups[0], pattern);
    await flipBit(store, file.key, offset);
    const report = await verify(store, replica, { id: '0' });
    expect(kinds(report)).toContain('checksum');
    expect(kinds(report)).toContain('format');
    expect(report.findings.every((finding) => finding.key === file.key)).toBe(true);
    // Without an MD5 the format still tells.
    await store.delete(fileMetadataKey(replica, file));
    const without = await verify(store, replica, { id: '0' });
    expect(kinds(without)).toContain('format');
    expect(without.withoutMd5).toBe(1);
  });

  it('names the offset of a damaged block', async () => {
    const { store, backups } = await sampleCopy();
    const file = fileOf(backups[0], /^000075\.sst$/);
    await flipBit(store, file.key, 400_000);
    const [finding] = (await verify(store, 'rs0-a', { id: '0' })).findings.filter(
      (each) => each.kind === 'format',
    );
    const offset = Number(/at offset (\d+)/.exec(finding!.message)![1]);
    expect(offset).toBeLessThanOrEqual(400_000);
    expect(offset).toBeGreaterThan(350_000);
    expect(finding!.message).toContain(file.key);
  });

  it('finds metadata that cannot be read or names a file twice', async () => {
    const { store, backups } = await sampleCopy();
    const [first, second] = backups;
    const key = (backup: Backup): string => `metadata/rs0-a/${backup.ref.id}_${backup.ref.time}.json`;
    await store.put(key(first!), Buffer.from('{'));
    const files = [...second!.metadata.files, second!.metadata.files[0]!];
    await store.put(key(second!), writeMetadata({ ...second!.metadata, files }));
    const report = await verify(store, 'rs0-a', { level: 1 });
    expect(report.findings.map(({ kind, backups: affected }) => [kind, affected])).toEqual([
      ['metadata', ['0']],
      ['duplicate', ['1']],
    ]);
    expect(report.backups.map((backup) => backup.good)).toEqual([false, false, true, true, true]);
  });

  it('reads a sample', async () => {
    const report = await verify(sampleStore, 'rs0-a', { sample: 40 });
    expect(report.objects.read).toBeLessThan(33);
    expect((await verify(sampleStore, 'rs0-a', { sample: 0 })).objects.read).toBe(0);
  });

  it('goes on where it was interrupted', async () => {
    const { store, backups } = await sampleCopy();
    await flipBit(store, fileOf(backups[0], /^000075\.sst$/).key, 400_000);
    const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-verify-'));
    const stateFile = path.join(directory, 'state');
    const abort = new AbortController();
    const run = verify(store, 'rs0-a', {
      stateFile,
      parallel: 1,
      signal: abort.signal,
      progress: ({ filesDone }) => {
        if (filesDone === 20) abort.abort(new Error('stop'));
      },
    });
    await expect(run).rejects.toThrow('stop');
    const report = await verify(store, 'rs0-a', { stateFile });
    expect(report.objects).toMatchObject({ read: 13, resumed: 20 });
    expect(kinds(report)).toEqual(['checksum', 'format']);
    await expect(readFile(stateFile)).rejects.toMatchObject({ code: 'ENOENT' });
    await rm(directory, { recursive: true });
  });

  it('leaves a state file alone that is none, and says what is wrong with one', async () => {
    const { store } = await sampleCopy();
    const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-verify-'));
    const stateFile = path.join(directory, 'report.txt');
    await writeFile(stateFile, 'mine');
    await expect(verify(store, 'rs0-a', { stateFile })).rejects.toMatchObject({
      code: 'CLI-001',
      message: `${stateFile} is no state file of verify`,
    });
    expect(await readFile(stateFile, 'utf8')).toBe('mine');
    await expect(verify(store, 'rs0-a', { stateFile: directory })).rejects.toMatchObject({
      code: 'CLI-001',
      message: expect.stringContaining(`the state file ${directory} cannot be used: EISDIR`) as string,
    });
    await rm(directory, { recursive: true });
  });

  it('adds what a deep check finds, and the namespaces that damage affects', async () => {
    const { store, backups } = await sampleCopy();
    await flipBit(store, fileOf(backups[0], /^000075\.sst$/).key, 3000);
    const report = await verify(store, 'rs0-a', {
      deepCheck: async function* (backup) {
        await Promise.resolve();
        if (backup.ref.id === '3') yield { message: 'an entry without its document', namespace: 'app.users' };
      },
      namespacesOf: () => Promise.resolve((file) => [`namespace of ${file}`]),
    });
    const found = report.findings.map(({ kind, backups: ids, namespaces }) => ({ kind, ids, namespaces }));
    expect(found).toContainEqual({ kind: 'content', ids: ['3'], namespaces: ['app.users'] });
    expect(found).toContainEqual({
      kind: 'format',
      ids: ['0', '1'],
      namespaces: ['namespace of 000075.sst'],
    });
  });

  it('passes over a backup that is deleted meanwhile, with its files', async () => {
    const { store, backups } = await sampleCopy();
    const report = await verify(store, 'rs0-a', {
      progress: ({ filesDone }) => {
        if (filesDone > 0) return;
        void store.delete(`metadata/rs0-a/0_${backups[0]!.ref.time}.json`);
        void store.delete(fileOf(backups[0], /^000084\.log$/).key);
      },
    });
    expect(report.findings).toEqual([]);
    expect(report.backups.map((backup) => backup.id)).toEqual(['1', '2', '3', '4']);
  });

  it('knows no replica and no backup that is not there', async () => {
    await expect(verify(sampleStore, 'x')).rejects.toMatchObject({ code: 'CAT-001' });
    await expect(verify(sampleStore, 'rs0-a', { id: '9' })).rejects.toMatchObject({ code: 'CAT-002' });
  });
});
