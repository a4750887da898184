import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { History } from './history.ts';

let directory = '';
let file = '';
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'mongoq-history-'));
  file = path.join(directory, 'state', 'history');
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

it('keeps inputs for the next shell, once each in a row, readable by the user only', async () => {
  const history = await History.load(file);
  for (const entry of ['a', 'a', 'f({\n  b\n})', ' ', 'a']) expect(await history.add(entry)).toBeUndefined();
  expect((await History.load(file)).entries).toEqual(['a', 'f({\n  b\n})', 'a']);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('never writes what could hold a secret', async () => {
  const history = await History.load(file);
  await history.add('open s3://bucket');
  await history.add('connect("mongodb://ann:hunter2@host")');
  expect(history.entries).toHaveLength(2);
  expect(await readFile(file, 'utf8')).not.toContain('hunter2');
});

it('takes in what other shells add', async () => {
  const [one, other] = [await History.load(file), await History.load(file)];
  await one.add('a');
  await other.add('b');
  await one.refresh();
  expect(one.entries).toEqual(['a', 'b']);
});

it('says why it cannot be kept', async () => {
  const history = await History.load(path.join(directory, 'x\0y'));
  expect(await history.add('a')).toMatch(/^the history is not kept: /);
  expect(history.entries).toEqual(['a']);
});
