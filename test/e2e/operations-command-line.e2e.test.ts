import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restore } from '../../src/operations/restore.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { copyStore, loadAll, sampleStore } from '../support/checkpoints.ts';
import { copyToMemory } from '../support/copy-store.ts';
import { startDelayProxy, type DelayProxy } from '../support/delay-proxy.ts';
import { isolatedEnv, mongoq, root, sample } from '../support/mongoq.ts';
import { gatewayEndpoint, newBucket, noGateway, useGateway } from '../support/s3.ts';
import { startMongod } from '../support/stand-in-mongod/start.ts';

let work: string;
beforeEach(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'mongoq-command-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

describe.skipIf(noGateway)('Ctrl-C ends an operation in order', () => {
  let proxy: DelayProxy;
  let env: Record<string, string>;
  let url: string;
  let store: ObjectStore;

  beforeEach(async () => {
    const variables = useGateway();
    url = `s3://${await newBucket()}/backups`;
    store = await openStore(url);
    proxy = await startDelayProxy({ targetPort: Number(new URL(gatewayEndpoint()).port), latencyMs: 60 });
    env = isolatedEnv({ ...variables, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${proxy.port}` });
  });
  afterEach(async () => {
    await proxy.stop();
    await store.close();
    await rm(env['HOME']!, { recursive: true, force: true });
  });

  /** Sends SIGINT after so many requests; the program says nothing, ends with 130 and leaves no temporary file. */
  async function interrupt(requests: number, ...args: string[]): Promise<void> {
    const child = mongoq([...args, '--store', url, '-r', 'rs0-a'], { env });
    proxy.reset();
    while (proxy.counts.requests < requests && child.exitCode === null) await delay(5);
    child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await child;
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 130, stdout: '', stderr: '' });
    const left = await readdir(env['HOME']!, { recursive: true });
    expect(left.filter((name) => !/^(cache|config|state)/.test(name))).toEqual([]);
  }

  async function expectNoHolder(): Promise<void> {
    const lease = JSON.parse((await store.get('mongoq/lease/rs0-a.json')).toString()) as {
      holders: object[];
    };
    expect(lease.holders).toEqual([]);
  }

  it('backup', async () => {
    const data = path.join(work, 'data');
    await restore(await copyToMemory(sample), 'rs0-a', '3', { target: data });
    const server = await startMongod(work, data);
    try {
      await interrupt(8, 'backup', '--port', String(server.port), '--max-background-copies', '1');
      expect(await readdir(path.join(data, 'backup/rs0-a'))).toEqual(['lock']);
      await expectNoHolder();
      const listed = await mongoq(['show', 'backups', '--store', url, '-r', 'rs0-a', '--json'], { env });
      expect(listed.stdout).toBe('[]');
    } finally {
      await server.stop();
    }
  });

  it('restore, gc and verify', async () => {
    await copyStore(sampleStore, store);
    const target = path.join(work, 'target');
    await interrupt(8, 'restore', '-i', '0', '-t', target, '--max-background-copies', '1');
    await expectNoHolder();
    const files = await readdir(target, { recursive: true });
    expect(files.filter((name) => name.includes('tmp'))).toEqual([]);
    const [first] = await loadAll(store, 'rs0-a');
    await store.delete(`metadata/rs0-a/0_${first!.ref.time}.json`);
    await interrupt(6, 'gc', '--grace', '0');
    await expectNoHolder();
    await interrupt(8, 'verify', '--max-background-copies', '1');
    const good = await mongoq(['verify', '--store', url, '-r', 'rs0-a'], { env });
    expect([good.exitCode, good.stderr]).toEqual([0, '']);
  });
});

describe('the command line of the operations', () => {
  it.each([
    [['restore', '-r', 'rs0-a']],
    [['restore', '-r', 'rs0-a', '-i', '0', '--max-background-copies', '0']],
    [['delete', '-r', 'rs0-a']],
    [['delete', '-r', 'rs0-a', '-d', '1', '--keep-last', '2']],
    [['delete', '-r', 'rs0-a', '--age', 'old']],
    [['delete', '-r', 'rs0-a', '--age', '-1h']],
    [['gc', '-r', 'rs0-a', '--grace', 'x']],
    [['verify', '-r', 'rs0-a', '--level', '3']],
    [['verify', '-r', 'rs0-a', '--sample', '0%']],
    [['verify', '-r', 'rs0-a', '--all', '-i', '0']],
    [['verify', '-r', 'rs0-a', '--no-such-flag']],
    [['gc', '-r', '..']],
    [['backup', '-r', 'r', '--uri', 'mongodb+srv://example.invalid/']],
  ])('refuses %j and does nothing', async (args) => {
    await cp(sample, work, { recursive: true });
    const { exitCode, stdout, stderr } = await mongoq([...args, '--store', work]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
    expect(await readdir(work, { recursive: true })).toEqual(await readdir(sample, { recursive: true }));
  });

  it.each([
    [['show', 'backups', '-r', 'rs0-a', '-s'], 0],
    [['-r', 'rs0-a', 'show', 'last-backup-time'], 0],
    [['show', 'last-backup-time', '-r', 'none'], 0],
    [['restore', '-r', 'rs0-a', '-i', '99', '-t', 'x'], 10],
    [['verify', '-r', 'none'], 10],
    [['query', '-r', 'rs0-a', '-i', '0', '-m', '/mnt', '--mongo-path', '/usr/bin/mongo', '--eval', '1'], 0],
    [['delete', '-r', 'rs0-a', '-a', '876000h'], 0],
    [['delete', '-r', 'rs0-a', '--delete-backup-id', '2'], 0],
    [['gc', '-r', 'rs0-a', '--grace', '0s'], 0],
  ])('%j ends with %d', async (args, code) => {
    await mkdir(path.join(work, 'store'));
    await cp(sample, path.join(work, 'store'), { recursive: true });
    const { exitCode } = await mongoq(['--store', path.join(work, 'store'), ...args]);
    expect(exitCode).toBe(code);
  });

  it('shows no progress in a pipe or when told to be quiet', async () => {
    const args = ['verify', '--store', sample, '-r', 'rs0-a'];
    const main = path.join(root, 'dist/cli/main.js');
    const onTerminal = async (...more: string[]): Promise<string> => {
      const terminal = spawn(process.execPath, [main, ...args, ...more], { cols: 100, env: isolatedEnv() });
      let text = '';
      terminal.onData((data) => (text += data));
      await new Promise((resolve) => terminal.onExit(resolve));
      return text;
    };
    expect(await onTerminal('-q')).toMatch(/^5 backups, 33 objects.*all good\r\n$/);
    const { stdout, stderr } = await mongoq(args);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^5 backups, 33 objects.*all good$/);
  });
});
