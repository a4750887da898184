import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backup, BackupFile } from '../../src/catalog/catalog.ts';
import type { VerifyReport } from '../../src/operations/verify-report.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { openStore } from '../../src/store/open-store.ts';
import { copyStore, loadAll, sampleStore } from '../support/checkpoints.ts';
import { backUpWithout, flipBit, nameFileTwice } from '../support/damaged-stores.ts';
import { startDelayProxy } from '../support/delay-proxy.ts';
import { isolatedEnv, mongoq, sample } from '../support/mongoq.ts';
import { gatewayEndpoint, newBucket, noGateway, useGateway } from '../support/s3.ts';

let work: string;
let store: DirectoryStore;
let backups: Backup[];

beforeEach(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'mongoq-verify-'));
  await cp(sample, path.join(work, 'store'), { recursive: true });
  store = new DirectoryStore(path.join(work, 'store'));
  backups = await loadAll(store, 'rs0-a');
});
afterEach(() => rm(work, { recursive: true, force: true }));

function fileOf(backup: Backup, pattern: RegExp): BackupFile {
  return backup.files.find((file) => pattern.test(file.name))!;
}

/** What `mongoq verify` finds, and its exit code. */
async function verify(...args: string[]): Promise<{ exitCode: number | undefined; report: VerifyReport }> {
  const { exitCode, stdout, stderr } = await mongoq(['verify', '--store', store.url, '--json', ...args]);
  expect(stderr).toBe('');
  return { exitCode, report: JSON.parse(stdout) as VerifyReport };
}

it.each([
  ['latest', '4'],
  ['first', '0'],
  ['2099-12', '4'],
])('verify and restore take %s for a backup', async (words, id) => {
  const { exitCode, report } = await verify('-r', 'rs0-a', '-i', words);
  expect({ exitCode, ids: report.backups.map((backup) => backup.id) }).toEqual({ exitCode: 0, ids: [id] });
  const restore = ['restore', '--store', store.url, '--json', '-r', 'rs0-a', '-i', words];
  const { stdout } = await mongoq([...restore, '-t', path.join(work, 'restored')]);
  expect(JSON.parse(stdout)).toMatchObject({ id });
});

describe('mongoq verify names what each damage affects', () => {
  it.each([
    ['a missing SST', /^000075\.sst$/, 'missing', ['0', '1'], ['local.oplog.rs']],
    ['a truncated SST', /^000075\.sst$/, 'size', ['0', '1'], ['local.oplog.rs']],
    ['a bit of an SST', /^000075\.sst$/, 'format', ['0', '1'], ['local.oplog.rs']],
    ['a bit of a MANIFEST', /^MANIFEST/, 'format', ['0'], undefined],
    ['a bit of a WAL', /\.log$/, 'format', ['0'], expect.arrayContaining(['app.users', 'local.oplog.rs'])],
    ['a missing OPTIONS', /^OPTIONS/, 'missing', ['0', '1', '2', '3', '4'], []],
  ])('%s', async (what, pattern, kind, affected, namespaces) => {
    const { key } = fileOf(backups[0]!, pattern);
    if (what.startsWith('a missing')) await store.delete(key);
    else if (what.startsWith('a truncated')) await store.put(key, (await store.get(key)).subarray(0, -1));
    else await flipBit(store, key, 30);
    const { exitCode, report } = await verify('-r', 'rs0-a');
    expect(exitCode).toBe(3);
    expect(report.good).toBe(false);
    const finding = report.findings.find((each) => each.kind === kind);
    expect(finding).toMatchObject({ key, backups: affected });
    expect(finding!.namespaces).toEqual(namespaces);
    const told = await mongoq(['verify', '--store', store.url, '-r', 'rs0-a']);
    expect(told.exitCode).toBe(3);
    expect(told.stdout).toContain(`affects backups ${affected.join(', ')}; `);
    expect(told.stdout).toContain(`DAMAGED: ${affected.join(', ')}`);
  });

  it('metadata that names a file twice', async () => {
    await nameFileTwice(store, backups[2]!);
    const { exitCode, report } = await verify('-r', 'rs0-a', '--level', '1');
    expect(exitCode).toBe(3);
    expect(report.findings).toEqual([expect.objectContaining({ kind: 'duplicate', backups: ['2'] })]);
  });

  it.each([
    ['an index entry without its document', 'documents'],
    ['a document without its index entry', 'index'],
  ] as const)('%s, though every file is as it was stored', async (_, table) => {
    await backUpWithout(store, 'patched', backups[3]!, { namespace: 'app.users', table, position: 7 });
    const shallow = await verify('-r', 'patched');
    expect(shallow).toMatchObject({ exitCode: 0, report: { good: true, withoutMd5: 0 } });
    const deep = await verify('-r', 'patched', '--deep');
    expect(deep).toMatchObject({ exitCode: 3, report: { good: false, deep: true } });
    expect(deep.report.findings.length).toBeGreaterThan(0);
    for (const finding of deep.report.findings)
      expect(finding).toMatchObject({ kind: 'content', backups: ['0'], namespaces: ['app.users'] });
  });
});

describe('mongoq verify', () => {
  it('reads a sample', async () => {
    const { exitCode, report } = await verify('-r', 'rs0-a', '--sample', '30%');
    expect(exitCode).toBe(0);
    expect(report.sample).toBe(30);
    expect(report.objects.read).toBeLessThan(report.objects.needed);
  });

  it.skipIf(noGateway)('goes on after kill -9', async () => {
    useGateway();
    const url = `s3://${await newBucket()}/backups`;
    const remote = await openStore(url);
    await copyStore(sampleStore, remote);
    await remote.close();
    const proxy = await startDelayProxy({
      targetPort: Number(new URL(gatewayEndpoint()).port),
      latencyMs: 30,
    });
    const env = isolatedEnv({ ...useGateway(), AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${proxy.port}` });
    const stateFile = path.join(work, 'state');
    const args = ['verify', '--store', url, '-r', 'rs0-a', '--json', '--state-file', stateFile];
    const killed = mongoq([...args, '--max-background-copies', '1'], { env });
    const exited = once(killed, 'exit');
    const lines = async () => (await readFile(stateFile, 'utf8').catch(() => '')).split('\n').length - 1;
    while ((await lines()) < 6) await delay(10);
    killed.kill('SIGKILL');
    await exited;
    const done = (await lines()) - 1;
    const { exitCode, stdout } = await mongoq(args, { env });
    await proxy.stop();
    expect(exitCode).toBe(0);
    const { objects } = JSON.parse(stdout) as VerifyReport;
    expect(objects).toMatchObject({ resumed: done, read: objects.needed - done });
    await expect(readFile(stateFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
