import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Md5Thread } from './md5-thread.ts';

const { signal } = new AbortController();
const many = 1 << 30;
const content = Buffer.alloc(3_000_000, 'what a file holds');
const md5 = createHash('md5').update(content).digest();

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mongoq-md5-'));
  file = path.join(folder, 'file');
});
afterEach(() => rm(folder, { recursive: true }));

it.each([
  ['a thread', many],
  ['none, for a few bytes', 10],
])('computes MD5s of files, also of ones that are being written, by %s', async (_, bytes) => {
  const md5s = new Md5Thread(bytes);
  await writeFile(file, content.subarray(0, 1_000_000));
  const followed = md5s.follow(file);
  followed.extend(500_000);
  followed.extend(1_000_000);
  await appendFile(file, content.subarray(1_000_000));
  expect(await followed.digest(content.length, signal)).toEqual(md5);
  expect(await md5s.md5Of(file, content.length, signal)).toEqual(md5);
  const empty = path.join(folder, 'empty');
  await writeFile(empty, '');
  expect(await md5s.md5Of(empty, 0, signal)).toEqual(createHash('md5').digest());
  await md5s.close();
});

it('goes on with other files when one cannot be read, or is not wanted any more', async () => {
  const md5s = new Md5Thread(many);
  await writeFile(file, content);
  const left = md5s.follow(file);
  left.extend(10);
  left.forget();
  await expect(md5s.md5Of(path.join(folder, 'none'), 1, signal)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await md5s.md5Of(file, content.length, signal)).toEqual(md5);
  const reason = new Error('no more');
  const controller = new AbortController();
  const late = md5s.md5Of(file, content.length, controller.signal);
  controller.abort(reason);
  await expect(late).rejects.toBe(reason);
  await expect(md5s.md5Of(file, content.length, controller.signal)).rejects.toBe(reason);
  await md5s.close();
});

it('does without a thread that has ended', async () => {
  const md5s = new Md5Thread(many);
  await writeFile(file, content);
  const waiting = md5s.md5Of(file, content.length, signal);
  await md5s.close();
  expect(await waiting).toEqual(md5);
  expect(await md5s.md5Of(file, content.length, signal)).toEqual(md5);
});
