import { createServer, type AddressInfo } from 'node:net';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.ts';
import { ExitCode } from '../../src/cli/exit-codes.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { leftovers } from '../support/leftovers.ts';
import { isolatedEnv, mongoq, sample, sampleBackup } from '../support/mongoq.ts';
import { newBucket, noGateway, useGateway } from '../support/s3.ts';

/** Every failure: one sentence with its code on standard error, at most one hint, no stack; a stable exit code; nothing left. */
async function expectFailure(
  args: string[],
  expected: { exitCode: number; says: RegExp },
  env = isolatedEnv(),
): Promise<void> {
  const { exitCode, stderr } = await mongoq(args, { env });
  expect(stderr).toMatch(/^mongoq: [^\n]+ \([A-Z]+-\d{3}\)(\n {2}\S[^\n]*)?$/);
  expect(stderr).toMatch(expected.says);
  expect(exitCode).toBe(expected.exitCode);
  expect(await leftovers(env)).toEqual([]);
}

function query(store: string, { replica = 'rs0-a', backup = '3', code = '1' } = {}): string[] {
  return ['query', '--store', store, '-r', replica, '-i', backup, '--no-cache', '--eval', code];
}

let parent: string;
beforeAll(async () => {
  parent = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-failures-'));
});
afterAll(() => fs.rm(parent, { recursive: true, force: true }));

describe('what is asked for and is not there', () => {
  it.each([
    [
      'a store',
      query('/nonexistent'),
      { exitCode: ExitCode.notFound, says: /\/nonexistent is not a directory/ },
    ],
    ['a kind of store', query('gs://bucket'), { exitCode: ExitCode.usage, says: /"gs:" are not known/ }],
    [
      'a replica',
      query(sample, { replica: 'rs9' }),
      { exitCode: ExitCode.notFound, says: /no replica rs9[^]*rs0-a/ },
    ],
    [
      'a backup',
      query(sample, { backup: '77' }),
      { exitCode: ExitCode.notFound, says: /no backup 77[^]*0, 1, 2, 3/ },
    ],
    [
      'a script',
      ['query', ...sampleBackup, 'nowhere.js'],
      { exitCode: ExitCode.usage, says: /nowhere\.js cannot be read/ },
    ],
    [
      'a mongod',
      [...query(sample), '--mongod-path', '/nonexistent/mongod'],
      { exitCode: ExitCode.error, says: /\/nonexistent\/mongod is not a program/ },
    ],
  ])('%s', async (_, args, expected) => {
    await expectFailure(args, expected);
  });
});

describe('damage in the store', () => {
  const table = '000095.sst_752d3c8729ae61168b2765cbf084f4cf_665654';
  /** Reads every document of the largest collection; prints only if nothing failed. */
  const readAll = 'db.getSiblingDB("local").oplog.rs.find().toArray().length';

  async function damaged(change: (store: string) => Promise<void>): Promise<string> {
    const store = await fs.mkdtemp(path.join(parent, 'store-'));
    await fs.cp(sample, store, { recursive: true });
    await change(store);
    return store;
  }

  it('a missing SST', async () => {
    const store = await damaged((at) => fs.rm(path.join(at, 'rs0-a', table)));
    const says = new RegExp(`rs0-a/${table} is missing`);
    await expectFailure(query(store, { code: readAll }), { exitCode: ExitCode.damaged, says });
  });

  it('a flipped bit in an SST', async () => {
    const store = await damaged((at) => flipBit(path.join(at, 'rs0-a', table), 332_827));
    const says = new RegExp(`rs0-a/${table} is damaged at offset 329403`);
    const args = query(store, { code: readAll });
    expect((await mongoq(args)).stdout).toBe('');
    await expectFailure(args, { exitCode: ExitCode.damaged, says });
  });

  it('an SST that is cut off', async () => {
    const store = await damaged((at) => fs.truncate(path.join(at, 'rs0-a', table), 1000));
    const says = new RegExp(`rs0-a/${table} ends at byte 1000`);
    await expectFailure(query(store, { code: readAll }), { exitCode: ExitCode.damaged, says });
  });

  it('a MANIFEST that is cut off', async () => {
    const store = await damaged(async (at) => fs.truncate(await manifestOf(at), 100));
    await expectFailure(query(store), {
      exitCode: ExitCode.damaged,
      says: /MANIFEST-000008\S* ends at byte 100/,
    });
  });

  it('a flipped bit in the MANIFEST', async () => {
    const store = await damaged(async (at) => flipBit(await manifestOf(at), 3000));
    await expectFailure(query(store), {
      exitCode: ExitCode.damaged,
      says: /MANIFEST-000008\S* is damaged at offset/,
    });
  });

  it('metadata that are no JSON, of which other backups know nothing', async () => {
    const store = await damaged(async (at) => {
      const folder = path.join(at, 'metadata/rs0-a');
      const name = (await fs.readdir(folder)).find((file) => file.startsWith('3_'))!;
      await fs.truncate(path.join(folder, name), 500);
    });
    await expectFailure(query(store), {
      exitCode: ExitCode.damaged,
      says: /metadata\/rs0-a\/3_\d+\.json cannot be read/,
    });
    expect((await mongoq(query(store, { backup: '2' }))).stdout).toBe('1');
  });

  async function manifestOf(store: string): Promise<string> {
    const { files } = await new Catalog(new DirectoryStore(store)).loadBackup('rs0-a', '3');
    return path.join(store, files.find(({ name }) => name.startsWith('MANIFEST'))!.key);
  }
});

describe('this machine', () => {
  it('has a port in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = String((server.address() as AddressInfo).port);
    const args = ['serve', ...sampleBackup, '--port', port];
    await expectFailure(args, { exitCode: ExitCode.error, says: new RegExp(`:${port} is in use`) });
    server.close();
  });

  it('would be open to others', async () => {
    const args = ['serve', ...sampleBackup, '--port', '0', '--host', '0.0.0.0'];
    await expectFailure(args, {
      exitCode: ExitCode.error,
      says: /0\.0\.0\.0 is reachable from other machines/,
    });
  });

  it('has a runtime directory that cannot be used: another is taken', async () => {
    const long = path.join(parent, 'a'.repeat(100));
    await fs.mkdir(long);
    for (const runtime of ['/nonexistent', long]) {
      const env = isolatedEnv({ XDG_RUNTIME_DIR: runtime });
      expect(await mongoq(query(sample), { env })).toMatchObject({ stdout: '1', stderr: '', exitCode: 0 });
      expect(await leftovers(env)).toEqual([]);
      expect(await fs.readdir(long)).toEqual([]);
    }
  });

  it('has no directory that can be used', async () => {
    const long = path.join(parent, 'b'.repeat(100));
    await fs.mkdir(long);
    const tooLong = { exitCode: ExitCode.error, says: /longer than the 107 bytes[^]*TMPDIR/ };
    await expectFailure(query(sample), tooLong, isolatedEnv({ TMPDIR: long }));
    expect(await fs.readdir(long)).toEqual([]);
    // A place that was named is not replaced by memory: what is restored for a mongod may be large.
    const missing = { exitCode: ExitCode.usage, says: /no directory can be made in \/nonexistent[^]*TMPDIR/ };
    await expectFailure(query(sample), missing, isolatedEnv({ TMPDIR: '/nonexistent' }));
  });
});

describe('an S3 endpoint that cannot be reached', () => {
  it('ends in a sentence after some attempts', async () => {
    const env = isolatedEnv({ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' });
    const args = [...query('s3://bucket/prefix'), '--endpoint-url', 'http://127.0.0.1:1'];
    await expectFailure(
      args,
      { exitCode: ExitCode.error, says: /cannot be reached: connect ECONNREFUSED/ },
      env,
    );
  });
});

it('says that an endpoint is no URL', async () => {
  const args = [...query('s3://bucket/prefix'), '--endpoint-url', 's3.example.com:9000'];
  await expectFailure(args, {
    exitCode: ExitCode.usage,
    says: /endpoint s3\.example\.com:9000 is not a URL/,
  });
});

describe.skipIf(noGateway)('S3 refuses', () => {
  let variables: Record<string, string>;
  let url: string;
  beforeAll(async () => {
    variables = useGateway();
    url = `s3://${await newBucket()}/prefix`;
  });

  it('a bucket that does not exist', async () => {
    const expected = { exitCode: ExitCode.notFound, says: /nobucket\S* is in a bucket that does not exist/ };
    await expectFailure(query('s3://nobucket/prefix'), expected, isolatedEnv(variables));
  });

  it('a bucket without backups', async () => {
    const expected = { exitCode: ExitCode.notFound, says: /no replica rs0-a/ };
    await expectFailure(query(url), expected, isolatedEnv(variables));
  });

  it.each([
    ['an unknown access key', { AWS_ACCESS_KEY_ID: 'wrong' }, /access key is unknown/],
    ['a wrong secret key', { AWS_SECRET_ACCESS_KEY: 'wrong' }, /secret key is wrong/],
    ['no credentials', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, /no credentials were found/],
  ])('%s', async (_, wrong, says) => {
    const env = isolatedEnv({ ...variables, ...wrong });
    await expectFailure(query(url), { exitCode: ExitCode.denied, says }, env);
  });
});

async function flipBit(file: string, offset: number): Promise<void> {
  const bytes = await fs.readFile(file);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
  await fs.writeFile(file, bytes);
}
