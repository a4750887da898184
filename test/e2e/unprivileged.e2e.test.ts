import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/cli/exit-codes.ts';
import { leftovers } from '../support/leftovers.ts';
import { isolatedEnv, mongoq, root, sample, sampleBackup } from '../support/mongoq.ts';
import { installMongod } from '../support/stand-in-mongod/install.ts';

/** Debian's `nobody`, where the tests run as root; else the user that runs them. */
const uid = process.getuid?.() === 0 ? 65_534 : undefined;
const user = uid === undefined ? {} : { uid };

/** An environment whose directories belong to that user. */
async function environment(): Promise<Record<string, string>> {
  const env = isolatedEnv();
  if (uid !== undefined) await fs.chown(env['HOME']!, uid, uid);
  return env;
}

/** Whether that user may read the project: it may lie in root's home. */
async function canRead(): Promise<boolean> {
  const { exitCode } = await execa('test', ['-r', path.join(root, 'package.json')], {
    reject: false,
    ...user,
  });
  return exitCode === 0;
}

const unreadable = (await canRead()) ? undefined : 'other users cannot read the project';

/** Debian gives /dev/fuse to everybody; containers often do not. */
const mayMount = await fs.stat('/dev/fuse').then(
  ({ mode }) => uid === undefined || (mode & 0o006) === 0o006,
  () => false,
);

describe.skipIf(unreadable)('a user who is not root', () => {
  let parent: string;
  let mongod: string;
  beforeAll(async () => {
    parent = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-user-'));
    await fs.chmod(parent, 0o755);
    mongod = await installMongod(parent);
  });
  afterAll(() => fs.rm(parent, { recursive: true, force: true }));

  const query = ['query', ...sampleBackup, '--db', 'app'];
  const count = ['--eval', 'db.users.countDocuments()'];

  it('has the shell with the built-in engine', async () => {
    const env = await environment();
    const input = 'cr rs0-a\ncb 1\ndb.testc.find()\n';
    const { stdout, stderr, exitCode } = await mongoq(['--store', sample], { env, input, ...user });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toContain("'tiger'");
    expect(await leftovers(env)).toEqual([]);
  });

  it('has a mongod on fetched files', async () => {
    const env = await environment();
    const args = [...query, ...count, '--mongod-path', mongod, '--download'];
    expect(await mongoq(args, { env, ...user })).toMatchObject({ stdout: '1498', exitCode: 0 });
    expect(await leftovers(env)).toEqual([]);
  });

  it.runIf(!mayMount)('is told what keeps the mount away', async () => {
    const env = await environment();
    const args = [...query, ...count, '--mongod-path', mongod];
    const { stderr, exitCode } = await mongoq(args, { env, ...user });
    expect(stderr).toMatch(
      /^mongoq: [^\n]*\/dev\/fuse[^\n]* \(MOUNT-001\)\n {2}run as root: [^\n]*--download[^\n]*$/,
    );
    expect(exitCode).toBe(ExitCode.error);
    expect(await leftovers(env)).toEqual([]);
  });

  it.runIf(!mayMount)('gets the built-in engine where only a mount is missing', async () => {
    const env = await environment();
    env['PATH'] = `${parent}:${env['PATH']}`;
    const { stdout, stderr, exitCode } = await mongoq([...query, ...count], { env, ...user });
    expect({ stdout, exitCode }).toEqual({ stdout: '1498', exitCode: 0 });
    expect(stderr).toMatch(/^[^\n]*\/dev\/fuse[^\n]*; the built-in engine answers$/);
  });
});
