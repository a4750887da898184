import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { numberOf } from '../../bson/access.ts';
import { toValue } from '../../bson/js.ts';
import { field } from '../../bson/value.ts';
import { runs as runsOf } from '../../../test/support/runs.ts';
import type { Batches } from '../context.ts';
import { fromDocuments } from './batches.ts';
import { SpilledRuns } from './spilled-runs.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mongoq-runs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The files of the folder that are open. They have no name there any more, so that none can be left. */
function openFiles(): string[] {
  const descriptors = '/proc/self/fd';
  return readdirSync(descriptors)
    .map((name) => path.join(descriptors, name))
    .filter((link) => targetOf(link).startsWith(folder));
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // The one that the listing itself was read with.
    return '';
  }
}

/** A merge of runs each of which begins after the one before. */
async function* oneAfterTheOther(runs: Batches[]): Batches {
  for (const run of runs) yield* run;
}

describe('SpilledRuns', () => {
  it('keeps the order of thousands of runs in few files, and removes those', async () => {
    // 64 of a level become one of the next: two levels in short, three where tests take their time.
    const count = runsOf(4300);
    const runs = new SpilledRuns(oneAfterTheOther);
    let mostFiles = 0;
    for (let n = 0; n < count; n++) {
      await runs.add(folder, fromDocuments([toValue({ n })]));
      if (n % 5 === 0) mostFiles = Math.max(mostFiles, openFiles().length);
    }
    expect(mostFiles).toBeGreaterThan(64);
    expect(mostFiles).toBeLessThan(128);
    expect(runs.read().length).toBe(openFiles().length);
    const found: unknown[] = [];
    for await (const batch of oneAfterTheOther(runs.read())) {
      found.push(...batch.map((document) => numberOf(field(document, 'n'))));
    }
    expect(found).toEqual(Array.from({ length: count }, (_, n) => n));
    await runs.remove();
    expect(openFiles()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  }, 60_000);

  it('removes what a failed merge leaves', async () => {
    const failing = new SpilledRuns(() => {
      throw new Error('the disk is full');
    });
    const fill = async () => {
      for (let n = 0; n < 64; n++) await failing.add(folder, fromDocuments([toValue({ n })]));
    };
    await expect(fill()).rejects.toThrow('the disk is full');
    await failing.remove();
    expect(openFiles()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});
