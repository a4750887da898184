import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mongodArguments } from './arguments.ts';
import { LogTail } from './log-tail.ts';
import type { MongodProbe } from './probe.ts';
import { makeScratch } from './scratch.ts';
import { storageBson } from './storage-bson.ts';

const probe = (release: number): MongodProbe => ({
  path: '/usr/bin/mongod',
  version: `${Math.floor(release / 100)}.${release % 100}.0`,
  release,
  queryable: release >= 304,
});

describe('a scratch directory', () => {
  let parent: string;
  let checkpoint: string;
  let data: string;

  beforeEach(async () => {
    parent = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-scratch-'));
    checkpoint = path.join(parent, 'checkpoint');
    data = path.join(parent, 'data');
    await fs.mkdir(checkpoint);
    for (const name of [
      'CURRENT',
      'MANIFEST-000008',
      'OPTIONS-000005',
      '000011.sst',
      '000084.log',
      'LOG',
      'LOCK',
    ]) {
      await fs.writeFile(path.join(checkpoint, name), name);
    }
  });

  afterEach(() => fs.rm(parent, { recursive: true }));

  it.each([302, 304, 306, 400])(
    'for release %i has the log where mongod replays it, as its own file',
    async (release) => {
      await makeScratch(data, checkpoint, probe(release));
      const log = path.join(data, 'db/journal/000084.log');
      expect((await fs.lstat(log)).isSymbolicLink()).toBe(false);
      expect(await fs.readFile(log, 'utf8')).toBe('000084.log');
      expect(await fs.readdir(path.join(data, 'db'))).not.toContain('000084.log');
    },
  );

  it('for release 4.2 has the log beside the tables', async () => {
    await makeScratch(data, checkpoint, probe(402));
    expect(await fs.readdir(path.join(data, 'db'))).toContain('000084.log');
    expect(await fs.readdir(path.join(data, 'db/journal'))).toEqual([]);
  });

  it('links everything else, and takes over nothing that mongod makes itself', async () => {
    await makeScratch(data, checkpoint, probe(304));
    const names = (await fs.readdir(path.join(data, 'db'))).sort();
    expect(names).toEqual(['000011.sst', 'CURRENT', 'MANIFEST-000008', 'OPTIONS-000005', 'journal']);
    expect(await fs.readlink(path.join(data, 'db/CURRENT'))).toBe(path.join(checkpoint, 'CURRENT'));
    expect(await fs.readdir(data)).toEqual(['db', 'storage.bson']);
  });
});

it('storage.bson has the bytes that mongod writes', () => {
  const expected =
    '4d0000000373746f72616765003f00000002656e67696e650008000000726f636b73646200036f7074696f6e73001d00000010' +
    '726f636b73466f726d617456657273696f6e0003000000000000';
  expect(storageBson(3).toString('hex')).toBe(expected);
});

describe('the command line', () => {
  const place = { dbPath: '/d', socketDirectory: '/s', port: 27017, isolated: true };

  it.each([
    [302, false],
    [304, true],
    [402, true],
  ])('of release %i is read-only: %s', (release, queryable) => {
    expect(mongodArguments(probe(release), place).includes('--queryableBackupMode')).toBe(queryable);
  });

  it('never lets it compact, nor expire documents', () => {
    const line = mongodArguments(probe(302), place).join(' ');
    expect(line).toContain('disable_auto_compactions=true');
    expect(line).toContain('ttlMonitorEnabled=false');
  });

  it('binds loopback unless it has a network of its own', () => {
    expect(mongodArguments(probe(304), { ...place, isolated: false })).toContain('127.0.0.1');
  });
});

describe('the tail of a log', () => {
  it('keeps the last lines, whatever the pieces', () => {
    const tail = new LogTail(2);
    for (const piece of ['a\nb', 'b\nc', 'c\nd']) tail.push(piece);
    expect(tail.text).toBe('bb\ncc\nd');
  });

  it('does not grow with a line that never ends', () => {
    const tail = new LogTail();
    for (let n = 0; n < 100; n++) tail.push('x'.repeat(1000));
    expect(tail.text.length).toBeLessThanOrEqual(4096);
  });
});
