import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mongoq-folder-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('makes what is missing, with the mode, also when it is there and when two make it at once', async () => {
  const deep = path.join(folder, 'a/b/c');
  await Promise.all([makeFolder(deep, 0o700), makeFolder(deep, 0o700)]);
  await makeFolder(deep, 0o700);
  for (const each of [deep, path.dirname(deep)]) expect((await stat(each)).mode & 0o777).toBe(0o700);
});

it('ends with an error where there can be none', async () => {
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(path.join(file, 'x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.skipIf(process.platform !== 'linux')('ends below /proc, which is of Linux', async () => {
  await expect(makeFolder('/proc/mongoq/x')).rejects.toMatchObject({ code: 'ENOENT' });
});
