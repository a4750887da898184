import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { findMongod } from './find-mongod.ts';

let parent: string;
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(parent, { recursive: true, force: true });
});

it('takes a program on PATH, not a directory of that name, and gives its absolute path', async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'mongoq-path-'));
  const program = path.join(parent, 'bin/mongod');
  await mkdir(path.join(parent, 'mongod'));
  await mkdir(path.dirname(program));
  await writeFile(program, '', { mode: 0o755 });
  vi.stubEnv('PATH', `${parent}:${path.relative(process.cwd(), path.dirname(program))}`);
  expect(await findMongod()).toBe(program);
  await expect(findMongod(parent)).rejects.toMatchObject({ code: 'ENG-004' });
});
