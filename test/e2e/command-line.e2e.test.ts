import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/cli/exit-codes.ts';
import { isolatedEnv, mongoq, root, sample, sampleBackup, temporaryFolder } from '../support/mongoq.ts';

const query = ['query', ...sampleBackup];

describe('a script', () => {
  it.each([
    ['exit(3); print("more")', ExitCode.ok + 3],
    ['print("some"); quit(300)', 300 % 256],
    ['try { quit() } finally { print("more") }', ExitCode.ok],
  ])('ends by %s, and what follows is not run', async (code, exitCode) => {
    const run = await mongoq([...query, '--eval', code, '--eval', 'print("more")']);
    expect(run).toMatchObject({ exitCode, stderr: '' });
    expect(run.stdout).not.toContain('more');
  });

  it('ends by exit, and what follows is not run', async () => {
    const run = await mongoq([...query, '--eval', 'exit 4', '--eval', 'print("more")']);
    expect(run).toMatchObject({ exitCode: 4, stdout: '', stderr: '' });
    const piped = await mongoq(['--store', sample], { input: 'print("some")\nexit(5)\nprint("more")\n' });
    expect(piped).toMatchObject({ exitCode: 5, stdout: 'some', stderr: '' });
  });
});

it('warnings are none of the results', async () => {
  const args = [...query, '--db', 'app', '--json=relaxed', '--eval', 'db.users.count()'];
  const { stdout, stderr } = await mongoq(args);
  expect(stdout).toBe('1498');
  expect(stderr).toMatch(/^DeprecationWarning: Collection\.count\(\) is deprecated/);
  expect(await mongoq([...args, '-q'])).toMatchObject({ stdout: '1498', stderr: '' });
  const piped = await mongoq(['--store', sample], {
    input: 'cr rs0-a\ncb 3\nuse app\ndb.users.count()\n',
  });
  expect(piped.stdout).toMatch(/\n1498$/);
  expect(piped.stdout).not.toContain('Warning');
  expect(piped.stderr).toMatch(/^DeprecationWarning/);
});

it('the script that fails is named', async () => {
  const file = path.join(temporaryFolder(), 'report.js');
  await writeFile(file, 'var a = 1;\nthing');
  const { exitCode, stderr } = await mongoq([...query, file]);
  expect([exitCode, stderr]).toEqual([1, `mongoq: ReferenceError: thing is not defined\n  in ${file}`]);
});

it('a URL that is given as a command is taken for the store that it is', async () => {
  const { exitCode, stderr } = await mongoq(['s3://bucket/prefix', 'verify', '-r', 'x']);
  expect(exitCode).toBe(ExitCode.usage);
  expect(stderr).toContain(
    "unknown command 's3://bucket/prefix'\n(A store is given by --store s3://bucket/prefix)",
  );
});

it('output that cannot be written is told in a sentence', async () => {
  const main = path.join(root, 'dist/cli/main.js');
  const command = [process.execPath, main, ...query, '--eval', 'print(1)'];
  const settings = { env: isolatedEnv(), extendEnv: false, reject: false };
  const { exitCode, stderr } = await execa('sh', ['-c', '"$@" >/dev/full', 'sh', ...command], settings);
  expect(exitCode).toBe(ExitCode.error);
  expect(stderr).toMatch(/^mongoq: what is printed cannot be written: ENOSPC: [^\n]+ \(CLI-004\)$/);
});

describe('the replica', () => {
  it('of a named store need not be given', async () => {
    const env = isolatedEnv();
    env['MONGOQ_CONFIG'] = path.join(env['HOME'] ?? '', 'settings.json');
    const stores = { one: { url: sample, replicaId: 'rs0-a' } };
    await writeFile(env['MONGOQ_CONFIG'], JSON.stringify({ stores }));
    const run = await mongoq(['@one', 'query', '-i', '3', '--eval', 'print(1)'], { env });
    expect(run).toMatchObject({ exitCode: ExitCode.ok, stdout: '1', stderr: '' });
    for (const [args, said] of [
      [['show', 'backups', '--json'], /^\[\{"id":"0",/],
      [['show', 'last-backup-time'], /^\d+$/],
      [['verify', '--level', '1'], /^5 backups, 33 objects: all good$/],
      [['restore', '-i', '77'], /^$/],
    ] as const) {
      const { stdout, stderr } = await mongoq(['@one', ...args], { env });
      expect(stdout).toMatch(said);
      if (args[0] === 'restore') expect(stderr).toMatch(/replica rs0-a has no backup 77/);
    }
    for (const args of [['gc'], ['delete', '--keep-last', '1'], ['backup']])
      expect((await mongoq(['@one', ...args], { env })).exitCode).toBe(ExitCode.usage);
  });

  it.each([[['show', 'backups']], [['show', 'last-backup-time']], [['verify']], [['restore', '-i', '1']]])(
    'is asked for by %j',
    async (args) => {
      const { exitCode, stderr } = await mongoq([...args, '--store', sample]);
      expect(exitCode).toBe(ExitCode.usage);
      expect(stderr).toContain('give -r REPLICA; `mongoq show replica-ids` lists them');
    },
  );

  it.each([
    ['the shell', []],
    ['query', ['query', '--eval', '1']],
    ['serve', ['serve', '--port', '0']],
  ])('must be given to %s where a backup is', async (_, args) => {
    const run = await mongoq([...args, '--store', sample, '-i', '3']);
    expect(run).toMatchObject({ exitCode: ExitCode.usage, stdout: '' });
    expect(run.stderr).toMatch(/^mongoq: backup 3 of which replica\? \(CLI-001\)\n {2}give -r REPLICA/);
  });
});

it('a prefix without its bucket is refused, not left out', async () => {
  const run = await mongoq(['show', 'replica-ids', '-p', 'mongo'], {
    env: isolatedEnv({ MONGOQ_STORE: sample }),
  });
  expect(run).toMatchObject({ exitCode: ExitCode.usage, stdout: '' });
  expect(run.stderr).toContain('--bucket-prefix mongo is given without a --bucket');
});

it('an empty environment variable is none', async () => {
  const run = await mongoq(['show', 'replica-ids', '--store', sample], {
    env: isolatedEnv({ MONGOQ_CONFIG: '' }),
  });
  expect(run).toMatchObject({ exitCode: ExitCode.ok, stdout: 'rs0-a', stderr: '' });
});

describe('--json', () => {
  const shown = async (args: string[], store = sample): Promise<unknown> => {
    const { stdout, stderr } = await mongoq([...args, '--store', store, '-r', 'rs0-a', '--json']);
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  };

  it('tells the time of a backup alike', async () => {
    const [oldest] = (await shown(['show', 'backups'])) as { id: string; time: string; timeNs: string }[];
    const { id, time, timeNs } = oldest!;
    expect(await shown(['delete', '--keep-last', '4', '--dry-run'])).toEqual([{ id, time, timeNs }]);
  });

  it('names the replica', async () => {
    const store = path.join(isolatedEnv()['HOME'] ?? '', 'store');
    await cp(sample, store, { recursive: true });
    const target = path.join(store, 'restored');
    expect(await shown(['gc'], store)).toMatchObject({ replica: 'rs0-a', removed: [] });
    expect(await shown(['verify', '--level', '1'], store)).toMatchObject({ replica: 'rs0-a', good: true });
    expect(await shown(['restore', '-i', '3', '-t', target], store)).toMatchObject({
      replica: 'rs0-a',
      id: '3',
    });
  });
});

it('help is a command, too', async () => {
  expect(await mongoq(['help', 'query'])).toMatchObject({
    exitCode: ExitCode.ok,
    stdout: (await mongoq(['query', '--help'])).stdout,
  });
});
