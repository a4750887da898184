import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBridge } from '../../src/gateway/bridge.ts';
import { restore } from '../../src/operations/restore.ts';
import { copyToMemory } from '../support/copy-store.ts';
import { recordedBackups, type Contents } from '../support/contents.ts';
import { isolatedEnv, mongoq, root } from '../support/mongoq.ts';
import { readContents } from '../support/read-contents.ts';
import { newBucket, noGateway, useGateway } from '../support/s3.ts';
import { mustSkip } from '../support/skip-reason.ts';
import { startMongod, user, type RunningMongod } from '../support/stand-in-mongod/start.ts';

const real = process.env['MONGOQ_TEST_MONGOD'] === undefined ? undefined : 'a real mongod has no such user';
const inProject = recordedBackups().filter(({ store }) => store?.startsWith(`${root}${path.sep}`));

let work: string;
let running: RunningMongod[];
let env: Record<string, string>;

beforeEach(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'mongoq-cycle-'));
  await mkdir(path.join(work, 'store'));
  running = [];
  env = isolatedEnv(noGateway === undefined ? useGateway() : {});
});

afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  await rm(work, { recursive: true, force: true });
  await rm(env['HOME']!, { recursive: true, force: true });
});

/** A mongod on a directory below `work`. */
async function serve(directory: string, ...more: string[]): Promise<RunningMongod> {
  const server = await startMongod(work, path.join(work, directory), ...more);
  running.push(server);
  return server;
}

/** Runs the compiled program, which succeeds and says nothing on standard error; its output. */
async function run(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await mongoq(args, { env });
  expect({ exitCode, stderr }, args.join(' ')).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

async function contentsOf({ port }: RunningMongod): Promise<Contents> {
  const socketPath = path.join(work, 'bridge.sock');
  const bridge = await startBridge({ upstream: { host: '127.0.0.1', port }, listen: { socketPath } });
  try {
    return await readContents(bridge.uri);
  } finally {
    await bridge.close();
  }
}

/** The MD5 of each file of a restored database, by its path in it. */
async function databaseOf(directory: string): Promise<Record<string, string>> {
  const db = path.join(work, directory, 'db');
  const files: Record<string, string> = {};
  for (const name of (await readdir(db, { recursive: true })).filter((each) =>
    /(sst|log|\d|CURRENT)$/.test(each),
  ))
    files[name] = createHash('md5')
      .update(await readFile(path.join(db, name)))
      .digest('hex');
  return files;
}

/** Backs a mongod up, looks at the backup in each way there is, and restores it to `target`, a directory below `work`. */
async function cycle(
  server: RunningMongod,
  store: string,
  replica: string,
  contents: Contents,
  target: string,
) {
  const where = ['--store', store, '-r', replica];
  const made = JSON.parse(await run('backup', ...where, '--port', String(server.port), '--json')) as object;
  expect(made).toMatchObject({ replica, id: '0' });
  const shown = JSON.parse(await run('show', 'backups', ...where, '--json')) as object[];
  expect(shown).toEqual([expect.objectContaining({ id: '0', files: (made as { files: number }).files })]);
  const [name, { count }] = Object.entries(contents).sort(
    ([, a], [, b]) => (b.count ?? 0) - (a.count ?? 0),
  )[0]!;
  const [db = '', ...collection] = name.split('.');
  const code = `db.getCollection(${JSON.stringify(collection.join('.'))}).find().itcount()`;
  const query = [
    'query',
    ...where,
    '-i',
    '0',
    '--engine',
    'builtin',
    '--no-cache',
    '--db',
    db,
    '--eval',
    code,
  ];
  expect(await run(...query), name).toBe(String(count));
  const report = JSON.parse(await run('verify', ...where, '--deep', '--json')) as object;
  expect(report).toMatchObject({ good: true, findings: [], notOpened: [], withoutMd5: 0 });
  await run('restore', ...where, '-i', '0', '-t', path.join(work, target));
}

describe('backup, show, query, verify and restore by the command line', () => {
  it.each(inProject)('of $replica backup $backup', async ({ replica, backup, store, contents }) => {
    await restore(await copyToMemory(store!), replica, backup, { target: path.join(work, 'data') });
    const expected = contents();
    await cycle(await serve('data'), path.join(work, 'store'), replica, expected, 'from-directory');
    const restored = await serve('from-directory');
    expect(await contentsOf(restored)).toEqual(expected);
    if (noGateway !== undefined) return;
    await cycle(restored, `s3://${await newBucket()}/some/prefix`, replica, expected, 'from-s3');
    expect(await databaseOf('from-s3')).toEqual(await databaseOf('from-directory'));
  });

  it.skipIf(mustSkip('authentication', real))('with a user and a password', async () => {
    const { replica, backup, store } = inProject[0]!;
    await restore(await copyToMemory(store!), replica, backup, { target: path.join(work, 'data') });
    const { port } = await serve('data', '--auth');
    const args = ['backup', '--store', path.join(work, 'store'), '-r', 'r'];
    const address = ['--port', String(port)];
    const refused = await mongoq([...args, ...address], { env });
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('OP-003');
    const wrong = await mongoq([...args, ...address, '--username', user.username, '--password', 'x'], {
      env,
    });
    expect([wrong.exitCode, wrong.stdout]).toEqual([1, '']);
    expect(await readdir(path.join(work, 'store'))).toEqual([]);
    await run(...args, ...address, '--username', user.username, '--password', user.password);
    env['MONGOQ_PASSWORD'] = user.password;
    await run(...args, ...address, '--username', user.username);
    const secret = encodeURIComponent(user.password);
    await run(...args, '--uri', `mongodb://${user.username}:${secret}@127.0.0.1:${port}/`);
    const shown = JSON.parse(await run('show', 'backups', ...args.slice(1), '--json')) as {
      newFiles: number;
    }[];
    expect(shown.map(({ newFiles }) => newFiles)).toEqual([expect.any(Number), 0, 0]);
    await run('verify', ...args.slice(1));
  });
});
