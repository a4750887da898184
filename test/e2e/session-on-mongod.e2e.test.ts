import * as fs from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyNoMount } from '../../src/mount/available.ts';
import { copyToS3 } from '../support/copy-to-s3.ts';
import { recordedBackups } from '../support/contents.ts';
import { leftovers } from '../support/leftovers.ts';
import {
  fixtures,
  isolatedEnv,
  mongoq,
  sample,
  sampleBackup,
  serve,
  temporaryFolder,
} from '../support/mongoq.ts';
import { readContents } from '../support/read-contents.ts';
import { noGateway, useGateway } from '../support/s3.ts';
import { mustSkip } from '../support/skip-reason.ts';
import { installMongod } from '../support/stand-in-mongod/install.ts';

const missing = (await whyNoMount())?.message;
const noMount = mustSkip('a session on mongod over the mount', missing);

const mongod = await installMongod(temporaryFolder());

const input = 'cr rs0-a\ncb 0\nuse test\ndb.testc.find()\ncb 1\ndb.testc.find()\nstatus\nexit\n';

describe.each([
  ['over the mount', [], /mongod \S+ over the mount at/],
  ['on fetched files', ['--download'], /mongod \S+ over files fetched to/],
] as const)('mongod %s', (_, more, description) => {
  const overMount = more.length === 0;

  it.skipIf(overMount && noMount)('answers the session of the README', async () => {
    const env = isolatedEnv();
    const args = ['--store', sample, '--engine', 'mongod', '--mongod-path', mongod, ...more];
    const { stdout, stderr, exitCode } = await mongoq(args, { env, input });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const [before, after] = stdout.split('backup 1 of rs0-a') as [string, string];
    expect(before).toContain("'cheetah'");
    expect(before).not.toContain("'tiger'");
    expect(after).toContain("'tiger'");
    expect(after).toMatch(description);
    expect(await leftovers(env)).toEqual([]);
  });

  // `busy` has documents in its write-ahead log alone.
  it.skipIf(overMount && noMount).each([
    ['rs0-a', '3', sample],
    ['busy', '0', path.join(fixtures, 'store')],
  ])('holds what was recorded of %s %s', async (replica, backup, store) => {
    const engine = ['--engine', 'mongod', '--mongod-path', mongod, ...more];
    const served = await serve(['--store', store, '-r', replica, '-i', backup, ...engine]);
    const { contents } = recordedBackups().find((one) => one.replica === replica && one.backup === backup)!;
    // mongod 3.4 does not know `available`.
    const settings = '?w=majority&readConcernLevel=available&readPreference=secondaryPreferred';
    expect(await readContents(served.uri + settings)).toEqual(contents());
    expect(await served.stop()).toBe(0);
  });
});

describe('--engine auto', () => {
  const query = ['query', ...sampleBackup, '--eval', 'status'];

  it.skipIf(noMount)('takes a mongod with RocksDB from PATH', async () => {
    const env = isolatedEnv();
    env['PATH'] = `${path.dirname(mongod)}:${env['PATH']}`;
    const { stdout, stderr } = await mongoq(query, { env });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/engine +mongod \S+ over the mount/);
    expect(await leftovers(env)).toEqual([]);
  });

  it('says why it does not take another one', async () => {
    const other = path.join(temporaryFolder(), 'other');
    await fs.mkdir(other);
    const script = '#!/bin/sh\necho "db version v3.4.10"\n';
    await fs.writeFile(path.join(other, 'mongod'), script, { mode: 0o755 });
    const env = isolatedEnv();
    env['PATH'] = `${other}:${env['PATH']}`;
    const { stdout, stderr, exitCode } = await mongoq(query, { env });
    expect(stderr).toMatch(
      /^[^\n]*other\/mongod \(3\.4\.10\) has no RocksDB support; the built-in engine answers$/,
    );
    expect(stdout).toMatch(/engine +built in/);
    expect(exitCode).toBe(0);
    const forced = await mongoq([...query, '--engine', 'mongod'], { env });
    expect(forced).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ENG-004') as string });
  });

  it('is the built-in engine where there is none', async () => {
    const { stdout, stderr } = await mongoq(query);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/engine +built in/);
  });
});

describe.skipIf(noGateway || noMount)('mongod over the mount of a backup on S3', () => {
  it('holds what was recorded', async () => {
    const env = isolatedEnv(useGateway());
    const url = await copyToS3(path.join(fixtures, 'store'));
    const engine = ['--engine', 'mongod', '--mongod-path', mongod];
    const served = await serve(['--store', url, '-r', 'rs1-b', '-i', '3', ...engine], env);
    const { contents } = recordedBackups().find(
      ({ replica, backup }) => `${replica}-${backup}` === 'rs1-b-3',
    )!;
    expect(await readContents(served.uri)).toEqual(contents());
    expect(await served.stop()).toBe(0);
    expect(await leftovers(env)).toEqual([]);
  });
});
