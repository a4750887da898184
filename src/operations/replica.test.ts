import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Catalog } from '../catalog/catalog.ts';
import { MemoryStore } from '../store/memory.ts';
import { backup } from './backup.ts';
import { mongodCheckpoints, type ReplicaConnection } from './replica.ts';

let dbPath: string;
beforeEach(async () => {
  dbPath = await mkdtemp(path.join(tmpdir(), 'mongoq-replica-'));
  await writeFile(path.join(dbPath, 'mongod.lock'), '42\n');
});
afterEach(() => rm(dbPath, { recursive: true, force: true }));

type Command = Record<string, unknown>;

/** A mongod that answers as 3.4 does, and makes checkpoints of two files. */
function fakeMongod(
  answers: Record<string, (command: Command) => unknown> = {},
): ReplicaConnection & { ran: Command[] } {
  const ran: Command[] = [];
  const all: typeof answers = {
    getCmdLineOpts: () => ({ argv: [], parsed: { storage: { dbPath, engine: 'rocksdb' } }, ok: 1 }),
    serverStatus: () => ({ pid: 42, ok: 1 }),
    setParameter: async ({ rocksdbBackup }) => {
      await mkdir(String(rocksdbBackup));
      await writeFile(path.join(String(rocksdbBackup), '000012.sst'), 'table');
      await writeFile(path.join(String(rocksdbBackup), 'CURRENT'), 'MANIFEST-000001\n');
      return { ok: 1 };
    },
    ...answers,
  };
  return {
    ran,
    command: async (db, command) => {
      expect(db).toBe('admin');
      ran.push(command);
      return (await all[Object.keys(command)[0]!]!(command)) as Command;
    },
    close: () => Promise.resolve(),
  };
}

describe('a backup of a mongod', () => {
  it('asks it for a checkpoint, as rocks-strata does, and removes that afterwards', async () => {
    const mongod = fakeMongod();
    await mkdir(path.join(dbPath, 'backup/r/latest'), { recursive: true });
    await writeFile(path.join(dbPath, 'backup/r/latest/old'), 'of a run that died');
    const store = new MemoryStore();
    const { ref } = await backup(store, 'r', mongodCheckpoints(mongod, 'r'));
    expect(mongod.ran.at(-1)).toEqual({ setParameter: 1, rocksdbBackup: `${dbPath}/backup/r/latest` });
    const loaded = await new Catalog(store).loadRef(ref);
    expect(loaded.files.map((file) => file.name)).toEqual(['000012.sst', 'CURRENT']);
    expect(loaded.metadata.path).toBe(dbPath);
    expect(await readdir(path.join(dbPath, 'backup/r'))).toEqual(['lock']);
  });

  it('assumes the default where mongod was started without a dbPath', async () => {
    const mongod = fakeMongod({ getCmdLineOpts: () => ({ parsed: {}, ok: 1 }) });
    const run = backup(new MemoryStore(), 'r', mongodCheckpoints(mongod, 'r'));
    await expect(run).rejects.toMatchObject({
      code: 'OP-003',
      message: expect.stringContaining('/data/db') as string,
    });
  });

  it.each([
    ['a relative dbPath', { getCmdLineOpts: () => ({ parsed: { storage: { dbPath: 'data' } } }) }],
    ['another host', { getCmdLineOpts: () => ({ parsed: { storage: { dbPath: '/nonexistent/data' } } }) }],
    ['another mongod on this host', { serverStatus: () => ({ pid: 43 }) }],
    [
      'another engine',
      { setParameter: () => Promise.reject(new Error('unrecognized parameter [rocksdbBackup]')) },
    ],
    [
      'files that cannot be read',
      // As those of mongod cannot by another user; the tests may run as root, who can read all.
      {
        setParameter: async ({ rocksdbBackup }: Command) => {
          await mkdir(String(rocksdbBackup));
          await symlink('loop', path.join(String(rocksdbBackup), 'loop'));
          return { ok: 1 };
        },
      },
    ],
    ['no permission', { getCmdLineOpts: () => Promise.reject(new Error('not authorized on admin')) }],
  ])('ends, with nothing left behind, for %s', async (_, answers) => {
    const store = new MemoryStore();
    const run = backup(store, 'r', mongodCheckpoints(fakeMongod(answers), 'r'));
    await expect(run).rejects.toMatchObject({ code: 'OP-003' });
    expect(await new Catalog(store).listRefs('r')).toEqual([]);
    expect(await readdir(path.join(dbPath, 'backup/r')).catch(() => [])).not.toContain('latest');
  });

  it('says so where there can be no checkpoint beside the data', async () => {
    await writeFile(path.join(dbPath, 'backup'), 'a file');
    const run = backup(new MemoryStore(), 'r', mongodCheckpoints(fakeMongod(), 'r'));
    await expect(run).rejects.toMatchObject({
      code: 'OP-003',
      hint: expect.stringContaining('user that mongod runs as') as string,
    });
  });

  it('changes nothing anywhere on another host than mongod', async () => {
    const store = new MemoryStore();
    const mongod = fakeMongod({
      getCmdLineOpts: () => ({ parsed: { storage: { dbPath: '/nonexistent/data' } } }),
    });
    await expect(backup(store, 'r', mongodCheckpoints(mongod, 'r'))).rejects.toThrow('cannot be read here');
    expect(mongod.ran).toEqual([{ getCmdLineOpts: 1 }]);
    await expect(store.head('mongoq/lease/r.json')).rejects.toMatchObject({ code: 'STORE-001' });
  });

  it('goes on where the user may not ask for serverStatus', async () => {
    const mongod = fakeMongod({ serverStatus: () => Promise.reject(new Error('not authorized')) });
    await expect(backup(new MemoryStore(), 'r', mongodCheckpoints(mongod, 'r'))).resolves.toBeDefined();
  });

  it('lets one backup of a replica at a time use the checkpoint', async () => {
    let inside: Promise<unknown> | undefined;
    const store = new MemoryStore();
    const mongod = fakeMongod();
    const source = mongodCheckpoints(mongod, 'r');
    await backup(store, 'r', {
      take: async (signal) => {
        const checkpoint = await source.take(signal);
        inside = backup(store, 'r', mongodCheckpoints(fakeMongod(), 'r'));
        await expect(inside).rejects.toMatchObject({ code: 'OP-002' });
        return checkpoint;
      },
    });
    expect(inside).toBeDefined();
    expect((await new Catalog(store).listRefs('r')).length).toBe(1);
  });
});
