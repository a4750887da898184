import { build } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiskCache } from '../../src/blocks/disk-cache.ts';
import { blockBytes, blockCount, contentOf, objectOf } from '../support/cache-writer-content.ts';

const root = path.join(import.meta.dirname, '../..');
let directory: string;
let program: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'mongoq-cache-'));
  program = path.join(directory, 'writer.mjs');
  await symlink(path.join(root, 'node_modules'), path.join(directory, 'node_modules'));
  await build({
    entryPoints: [path.join(root, 'test/support/cache-writer.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});
afterAll(() => rm(directory, { recursive: true }));

/** A process that writes into and reads from the cache until it is killed; it exits with 1 if it reads a wrong byte. */
function startWriter(cache: string, seed: number): ChildProcess {
  return spawn(process.execPath, [program, cache, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
}

/** When the process has begun to write. */
function begun(child: ChildProcess): Promise<unknown> {
  return Promise.race([ended(child), new Promise((resolve) => child.stdout?.once('data', resolve))]);
}

/** How many blocks are there; fails on one that is wrong. */
async function checkAll(cache: string): Promise<number> {
  const disk = new DiskCache({ directory: cache }, blockBytes);
  let found = 0;
  for (let n = 0; n < 8; n++) {
    const version = await disk.versionOf(objectOf(n));
    if (version === undefined) continue;
    const blocks = await disk.read(objectOf(n), version, 0, blockCount);
    for (const [index, block] of blocks.entries()) {
      if (!block) continue;
      found++;
      expect(createHash('md5').update(block).digest('hex')).toBe(
        createHash('md5')
          .update(contentOf(n, version, index))
          .digest('hex'),
      );
    }
  }
  return found;
}

describe('a disk cache of several processes', () => {
  it('never gives a wrong byte, whenever they are killed', async () => {
    const cache = path.join(directory, 'cache');
    let found = 0;
    for (let round = 0; round < 12; round++) {
      const writers = [startWriter(cache, round * 2), startWriter(cache, round * 2 + 1)];
      const ends = writers.map(ended);
      await Promise.all(writers.map(begun));
      await delay(round * 10);
      for (const writer of writers) writer.kill('SIGKILL');
      expect(await Promise.all(ends)).toEqual(['SIGKILL', 'SIGKILL']);
      found += await checkAll(cache);
    }
    expect(found).toBeGreaterThan(0);
    expect((await readdir(cache)).filter((name) => name.endsWith('.blocks')).length).toBeGreaterThan(0);
  });
});
