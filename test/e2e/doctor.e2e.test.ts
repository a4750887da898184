import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { checkNode } from '../../src/cli/doctor-checks.ts';
import { copyToS3 } from '../support/copy-to-s3.ts';
import { leftovers } from '../support/leftovers.ts';
import { isolatedEnv, mongoq, sample, temporaryFolder } from '../support/mongoq.ts';
import { gatewayClient, noGateway, useGateway } from '../support/s3.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Found {
  name: string;
  state: string;
  found: string;
  mend?: string;
}

async function doctor(
  args: string[],
  extra: Record<string, string> = {},
): Promise<[Found[], number | undefined]> {
  const { stdout, exitCode } = await mongoq(['doctor', '--json', ...args], { env: isolatedEnv(extra) });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return [lines.map((line) => JSON.parse(line) as Found), exitCode];
}

function check(checks: Found[], name: string): Found | undefined {
  return checks.find((one) => one.name === name);
}

/** An S3 endpoint of the test's own. */
async function endpoint(answer: RequestListener): Promise<string[]> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return ['--store', 's3://bucket/x', '--endpoint-url', url, '--region', 'us-east-1'];
}
const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'word', AWS_EC2_METADATA_DISABLED: 'true' };

it('finds everything in order but what can be done without', async () => {
  const [checks, exitCode] = await doctor(['--store', sample]);
  expect(exitCode).toBe(0);
  expect(checks.filter(({ state }) => state === 'bad')).toEqual([]);
  expect(check(checks, 'store')?.found).toBe(`${sample}: 1 replica; listing and reading work`);
});

it('knows which Node.js is too old', () => {
  expect(checkNode('20.19.0').state).toBe('good');
  expect(checkNode('22.1.0').state).toBe('good');
  expect(checkNode('20.18.3')).toMatchObject({
    state: 'bad',
    mend: expect.stringContaining('20.19') as string,
  });
  expect(checkNode('18.20.0').state).toBe('bad');
});

it.each(['SIGINT', 'SIGTERM'] as const)('ends in order by %s, whatever it waits for', async (signal) => {
  const silent = await endpoint(() => undefined);
  const env = isolatedEnv(keys);
  // A mongod that does not answer either.
  const mongod = path.join(temporaryFolder(), 'mongod');
  await writeFile(mongod, '#!/bin/sh\nexec sleep 100\n', { mode: 0o755 });
  for (const [args, last] of [
    [[], 'mongod:'],
    [['--mongod-path', mongod], 'FUSE:'],
  ] as const) {
    const run = mongoq(['doctor', ...silent, ...args], { env });
    let said = '';
    run.stdout.on('data', (text: Buffer) => {
      said += String(text);
    });
    await expect.poll(() => said, { timeout: 20_000 }).toContain(last);
    run.kill(signal);
    const { exitCode, stdout, stderr } = await run;
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' });
    expect(stdout).not.toMatch(/ store:/);
    expect(await leftovers(env)).toEqual([]);
  }
});

it('says whether there are settings', async () => {
  const [without] = await doctor(['--store', sample]);
  expect(check(without, 'settings')?.found).toMatch(/^there are none: no file .*config\.json$/);
  const file = path.join(temporaryFolder(), 'settings');
  await writeFile(file, '{"stores": {"prod": {"url": "s3://x"}}}');
  const [checks] = await doctor(['--store', sample], { MONGOQ_CONFIG: file });
  expect(check(checks, 'settings')?.found).toBe(`${file} names 1 store`);
});

it('says that no store is given', async () => {
  const [checks, exitCode] = await doctor([]);
  expect(exitCode).toBe(1);
  expect(check(checks, 'store')).toMatchObject({ state: 'bad', found: 'no store is given' });
});

it('says that a directory is not there', async () => {
  const [checks, exitCode] = await doctor(['--store', '/nowhere']);
  expect(exitCode).toBe(1);
  expect(check(checks, 'store')).toMatchObject({ state: 'bad', found: '/nowhere is not a directory' });
});

it('says that the cache directory cannot be written, and how another is chosen', async () => {
  for (const [args, extra] of [
    [['--cache-dir', '/dev/null/none'], {}],
    [[], { MONGOQ_CACHE_DIR: '/dev/null/none' }],
  ] as const) {
    const [checks, exitCode] = await doctor(['--store', sample, ...args], extra);
    expect(exitCode).toBe(1);
    const found = check(checks, 'cache directory');
    expect(found).toMatchObject({ state: 'bad' });
    expect(found?.mend).toMatch(/\/dev\/null\/none .* --cache-dir/);
  }
});

it('does without the directories that it only saves time with, and says so', async () => {
  const [checks, exitCode] = await doctor(['--store', sample], {
    XDG_CACHE_HOME: '/dev/null/none',
    XDG_STATE_HOME: '/dev/null/none',
  });
  expect(exitCode).toBe(0);
  expect(check(checks, 'cache directory')).toMatchObject({
    state: 'optional',
    found: expect.stringMatching(/; every session fetches its blocks anew$/) as string,
    mend: 'choose another directory than /dev/null/none/mongoq by XDG_CACHE_HOME or --cache-dir',
  });
  expect(check(checks, 'history directory')).toMatchObject({
    state: 'optional',
    mend: 'choose another directory than /dev/null/none/mongoq by XDG_STATE_HOME',
  });
});

it.skipIf(process.getuid?.() !== 0)(
  'gives the command that makes a directory the user may write to',
  async () => {
    const uid = 54_321;
    const { stdout, exitCode } = await mongoq(['doctor', '--store', sample], {
      env: { HOME: '/', XDG_CACHE_HOME: '/var/cache' },
      uid,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^missing {2}cache directory: EACCES: .*anew\n.*install -d -o 54321 \/var\/cache\/mongoq,/m,
    );
  },
);

it('says that there is no place for its sockets', async () => {
  const [checks, exitCode] = await doctor(['--store', sample], { TMPDIR: '/dev/null/none' });
  expect(exitCode).toBe(1);
  expect(check(checks, 'directory for sockets')).toMatchObject({
    state: 'bad',
    mend: 'set TMPDIR to a directory that you may write to',
  });
});

it('says that the FUSE library cannot be loaded, and what installs it', async () => {
  const env = isolatedEnv();
  const libraries = path.join(env['HOME'] ?? '', 'lib');
  await mkdir(libraries);
  await writeFile(path.join(libraries, 'libfuse.so.2'), '');
  const [checks, exitCode] = await doctor(['--store', sample], { LD_LIBRARY_PATH: libraries });
  expect(exitCode).toBe(0);
  const fuse = check(checks, 'FUSE');
  expect(fuse?.state).toBe('optional');
  if ((await stat('/dev/fuse').catch(() => undefined)) === undefined) return;
  expect(fuse?.found).toMatch(/^the FUSE library cannot be loaded \(.*libfuse\.so\.2/);
  expect(fuse?.mend).toMatch(/^run as root: apt-get install fuse3 libfuse2;/);
});

it('says that there is no mongod, and what answers without', async () => {
  const [checks, exitCode] = await doctor(['--store', sample], { PATH: '/dev/null' });
  expect(exitCode).toBe(0);
  expect(check(checks, 'mongod')).toMatchObject({
    state: 'optional',
    found: 'there is no mongod on PATH; the built-in engine answers without',
  });
});

describe.skipIf(noGateway)('on a bucket of which something is forbidden', () => {
  it.each([
    ['s3:ListBucket', /^s3:\/\/test-[0-9a-f]+\/some\/prefix is refused$/],
    ['s3:GetObject', /^s3:\/\/test-[0-9a-f]+\/some\/prefix\/stats\/rs0-a\/\S+ is refused$/],
  ])('%s: says what is refused and which rights are needed', async (action, found) => {
    const variables = useGateway();
    const url = await copyToS3(sample);
    const bucket = new URL(url).hostname;
    const client = gatewayClient();
    const resources = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    const deny = { Effect: 'Deny', Principal: '*', Action: action, Resource: resources };
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy }));
    client.destroy();
    const [checks, exitCode] = await doctor(['--store', url], variables);
    expect(exitCode).toBe(1);
    expect(check(checks, 'store')?.found).toMatch(found);
    expect(check(checks, 'store')?.mend).toContain('s3:ListBucket, s3:GetObject');
    expect(check(checks, 'clock')?.found).toMatch(/^agrees with http:/);
  });
});

it('says that a mongod that is given cannot be used', async () => {
  const [checks, exitCode] = await doctor(['--store', sample, '--mongod-path', '/bin/false']);
  expect(exitCode).toBe(1);
  expect(check(checks, 'mongod')?.found).toMatch(/^\/bin\/false cannot be used/);
  expect(check(checks, 'mongod')?.found).not.toMatch('without');
});

it('says that there are no credentials', async () => {
  const [checks] = await doctor(await endpoint((_, response) => response.end()), {
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  expect(check(checks, 'store')?.mend).toMatch('AWS_ACCESS_KEY_ID');
});

it('says that access is refused', async () => {
  const args = await endpoint((_, response) => {
    response.writeHead(403, { 'content-type': 'application/xml' });
    response.end('<Error><Code>InvalidAccessKeyId</Code><Message>no such key</Message></Error>');
  });
  const [checks, exitCode] = await doctor(args, keys);
  expect(exitCode).toBe(1);
  expect(check(checks, 'store')?.mend).toMatch(/credentials|AWS_ACCESS_KEY_ID/);
  expect(check(checks, 'clock')?.state).toBe('good');
});

it('says that the clock is wrong, and how to set it', async () => {
  const args = await endpoint((_, response) => {
    response.writeHead(403, {
      'content-type': 'application/xml',
      date: new Date(Date.now() - 3_600_000).toUTCString(),
    });
    response.end('<Error><Code>RequestTimeTooSkewed</Code><Message>skewed</Message></Error>');
  });
  const [checks] = await doctor(args, keys);
  expect(check(checks, 'clock')?.found).toMatch(/differ by 60 minutes/);
  expect(check(checks, 'clock')?.mend).toMatch('timedatectl');
});

it('says that the endpoint does not answer', async () => {
  const [checks] = await doctor(
    ['--store', 's3://bucket/x', '--endpoint-url', 'http://127.0.0.1:9', '--region', 'us-east-1'],
    keys,
  );
  expect(check(checks, 'store')?.found).toMatch('ECONNREFUSED');
  expect(check(checks, 'clock')?.found).toMatch('not compared');
});
