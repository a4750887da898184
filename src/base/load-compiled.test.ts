import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadCompiled } from './load-compiled.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mongoq-compiled-'));
  file = path.join(folder, 'bundle.cjs');
  await writeFile(file, "exports.twice = (n) => 2 * n; exports.sep = require('node:path').sep;");
});
afterEach(() => rm(folder, { recursive: true }));

function twice(): number {
  const { twice, sep } = loadCompiled(file).exports as { twice: (n: number) => number; sep: string };
  expect(sep).toBe(path.sep);
  return twice(21);
}

it('runs a bundle without a cache, with one, and with one that V8 refuses', async () => {
  expect(twice()).toBe(42);
  const cache = loadCompiled(file).script.createCachedData();
  const damaged = Buffer.from(cache).fill(0, 0, 64);
  const caches = [cache, Buffer.from('not a cache'), Buffer.alloc(0), damaged];
  for (const [index, bytes] of caches.entries()) {
    // V8 also knows what it has compiled in this process, by its text.
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace(/2 \* n|n \* 2/, index % 2 ? 'n * 2' : '2 * n'),
    );
    await writeFile(`${file}.cache`, bytes);
    expect(twice()).toBe(42);
  }
});

it('takes the cache that was made for it', () => {
  const { script } = loadCompiled(file);
  writeFileSync(`${file}.cache`, script.createCachedData());
  const program = `
    import { loadCompiled } from ${JSON.stringify(path.join(import.meta.dirname, 'load-compiled.ts'))};
    console.log(loadCompiled(${JSON.stringify(file)}).script.cachedDataRejected);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', program];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).toBe('false');
});
