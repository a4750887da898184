import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Backup, Catalog } from '../../src/catalog/catalog.ts';
import { whyNoMount } from '../../src/mount/available.ts';
import { manifestOf } from '../../src/mount/manifest.ts';
import { type Mount, type MountOptions, startMount } from '../../src/mount/mount.ts';
import { createRunDirectory, removeStaleRuns, type RunDirectory } from '../../src/mount/run-directory.ts';
import { isMounted } from '../../src/mount/unmount.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { mountProcessOf } from '../support/mount-process-of.ts';
import { mustSkip } from '../support/skip-reason.ts';

const project = path.join(import.meta.dirname, '../..');
const sample = path.join(project, 'sample');
const stores = [sample, path.join(project, 'test/fixtures/store')];
const missing = (await whyNoMount())?.message;

let parent: string;
let run: RunDirectory;

beforeEach(async () => {
  parent = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-mount-test-'));
  run = await createRunDirectory(parent);
});

afterEach(async () => {
  await run.remove();
  await fs.rm(parent, { recursive: true, force: true });
});

describe.skipIf(mustSkip('the FUSE mount', missing))('the mount, through the kernel', () => {
  it('serves every file of every sample backup, byte for byte', async () => {
    for (const url of stores) {
      for (const backup of await backupsOf(url)) {
        const mount = await mountOn(url, backup);
        for (const file of backup.files) {
          const [served, stored] = await Promise.all([
            sha256(path.join(mount.path, file.name)),
            sha256(path.join(url, file.key)),
          ]);
          expect(served, `${backup.ref.replica}/${backup.ref.id} ${file.name}`).toBe(stored);
        }
        expect((await fs.readdir(mount.path)).sort()).toEqual(backup.files.map(({ name }) => name).sort());
        await mount.close();
      }
    }
  });

  it('refuses every kind of write', async () => {
    const backup = await newest(sample);
    const mount = await mountOn(sample, backup);
    const file = path.join(mount.path, backup.files[0]!.name);
    const other = path.join(mount.path, 'other');
    const attempts: [string, () => Promise<unknown>][] = [
      ['create', () => fs.writeFile(other, 'x')],
      ['overwrite', () => fs.open(file, 'r+')],
      ['append', () => fs.appendFile(file, 'x')],
      ['truncate', () => fs.truncate(file, 0)],
      ['unlink', () => fs.unlink(file)],
      ['rename', () => fs.rename(file, other)],
      ['mkdir', () => fs.mkdir(other)],
      ['symlink', () => fs.symlink(file, other)],
      ['hard link', () => fs.link(file, other)],
      ['chmod', () => fs.chmod(file, 0o666)],
      ['utimes', () => fs.utimes(file, 1, 1)],
    ];
    for (const [what, attempt] of attempts) {
      await expect(attempt(), what).rejects.toMatchObject({ code: 'EROFS' });
    }
    await mount.close();
    expect(await isMounted(run.mountpoint)).toBe(false);
  });

  it('counts what it reads', async () => {
    const backup = await newest(sample);
    const mount = await mountOn(sample, backup);
    await fs.readFile(path.join(mount.path, 'CURRENT'));
    expect(await mount.counts()).toMatchObject({ bytesUsed: 16 });
    await mount.close();
  });

  it('is gone, and says so once, when its process is killed', async () => {
    const notices: string[] = [];
    const mount = await mountOn(sample, await newest(sample), { onNotice: (notice) => notices.push(notice) });
    process.kill(await mountProcessOf(process.pid), 'SIGKILL');
    await mount.ended;
    expect(mount.alive).toBe(false);
    expect(await isMounted(run.mountpoint)).toBe(false);
    expect(notices).toHaveLength(1);
    await mount.close();
  });

  it('is gone when the process that asked for it is killed', async () => {
    const { child, mountpoint } = await mountElsewhere();
    expect(await isMounted(mountpoint)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitFor(async () => expect(await isMounted(mountpoint)).toBe(false), { timeout: 10_000 });
  });

  it('is removed by the next start when all of its processes were killed', async () => {
    const { child, mountpoint } = await mountElsewhere();
    const server = await mountProcessOf(child.pid!);
    process.kill(server, 'SIGSTOP');
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    process.kill(server, 'SIGKILL');
    await vi.waitFor(async () => expect(await removeStaleRuns(parent)).toEqual([]));
    expect(await isMounted(mountpoint)).toBe(false);
    expect(await fs.readdir(parent)).toEqual([path.basename(run.path)]);
  });

  it('is not made inside the store that it serves', async () => {
    const inside = startMount({
      mountpoint: path.join(parent, 'x'),
      files: [],
      store: { url: parent, options: {} },
      cache: {},
    });
    await expect(inside).rejects.toMatchObject({ code: 'MOUNT-001' });
  });

  it('is not made of a store that is not there', async () => {
    const store = { url: path.join(parent, 'nowhere'), options: {} };
    await fs.mkdir(path.join(parent, 'm'));
    const nowhere = startMount({ mountpoint: path.join(parent, 'm'), files: [], store, cache: {} });
    await expect(nowhere).rejects.toMatchObject({ code: 'STORE-008' });
  });

  it('is not left behind when it is no longer wanted', async () => {
    const backup = await newest(sample);
    const controller = new AbortController();
    const mounting = mountOn(sample, backup, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(mounting).rejects.toMatchObject({ name: 'AbortError' });
    expect(await isMounted(run.mountpoint)).toBe(false);
  });
});

function mountOn(url: string, backup: Backup, more: Partial<MountOptions> = {}): Promise<Mount> {
  const store = { url, options: {} };
  return startMount({ mountpoint: run.mountpoint, files: manifestOf(backup), store, cache: {}, ...more });
}

async function backupsOf(url: string): Promise<Backup[]> {
  const catalog = new Catalog(new DirectoryStore(url));
  const refs = await Promise.all((await catalog.listReplicas()).map((replica) => catalog.listRefs(replica)));
  return Promise.all(refs.flat().map((ref) => catalog.loadRef(ref)));
}

async function newest(url: string): Promise<Backup> {
  return (await backupsOf(url)).at(-1)!;
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await fs.readFile(file))
    .digest('hex');
}

/** Mounts in another process, which is killed with the test if nobody else does. */
async function mountElsewhere(): Promise<{ child: ChildProcess; mountpoint: string }> {
  const { ref } = await newest(sample);
  const program = path.join(project, 'test/support/mount-elsewhere.ts');
  const args = ['--import', 'tsx', program, sample, ref.replica, ref.id, parent];
  const child = spawn(process.execPath, args, { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(() => ['']);
  const [line = ''] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as string[];
  expect(line, 'the mounting process ended').not.toBe('');
  return { child, mountpoint: line };
}
