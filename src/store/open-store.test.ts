import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectKeys } from '../../test/support/collect.ts';
import { ErrorCode } from '../base/error-codes.ts';
import { newStoreCounts } from './count.ts';
import { openStore } from './open-store.ts';
import { parseStoreUrl } from './store-url.ts';

describe("a store's URL", () => {
  it.each([
    ['s3://b', { bucket: 'b', prefix: '', roots: ['', '/'] }],
    ['s3://b/', { bucket: 'b', prefix: '', roots: ['', '/'] }],
    ['s3://b/p', { bucket: 'b', prefix: 'p', roots: [''] }],
    ['s3://b/p/q r%20s', { bucket: 'b', prefix: 'p/q r%20s', roots: [''] }],
    ['s3://b/p/', { bucket: 'b', prefix: 'p', roots: ['', '/'] }],
    ['S3://b//p', { bucket: 'b', prefix: 'p', roots: [''] }],
  ])('names a bucket and a prefix: %s', (url, expected) => {
    expect(parseStoreUrl(url)).toEqual({ kind: 's3', ...expected });
  });

  it.each([
    ['file:///var/back%20ups', '/var/back ups'],
    ['/var/backups', '/var/backups'],
    ['backups', path.resolve('backups')],
    ['./a:b', path.resolve('a:b')],
  ])('names a directory: %s', (url, directory) => {
    expect(parseStoreUrl(url)).toEqual({ kind: 'directory', directory });
  });

  it.each(['', 's3://', 's3:///p', 's3:b/p', 'http://host/b', 'file://host/dir', 'gs://b/p'])(
    'is refused with a hint otherwise: %s',
    (url) => {
      expect(() => parseStoreUrl(url)).toThrow(
        expect.objectContaining({
          code: ErrorCode.storeUrl,
          hint: expect.stringContaining('s3://bucket/prefix'),
        }),
      );
    },
  );
});

describe('opening a directory', () => {
  let directory: string;
  beforeAll(async () => (directory = await mkdtemp(path.join(tmpdir(), 'mongoq-open-'))));
  afterAll(() => rm(directory, { recursive: true }));

  it('works by URL and by path, and counts', async () => {
    const counts = newStoreCounts();
    const store = await openStore(pathToFileURL(directory).href, { counts });
    await store.put('a/b', Buffer.from('xyz'));
    const other = await openStore(directory);
    expect(String(await other.get('a/b'))).toBe('xyz');
    expect(await store.get('a/b', { range: { start: 1, end: 3 } })).toHaveLength(2);
    await Promise.all([store.head('a/b'), collectKeys(store.list(''))]);
    await store.delete('a/b');
    expect(counts).toEqual({
      get: 1,
      put: 1,
      head: 1,
      list: 1,
      delete: 1,
      bytesRead: 2,
      bytesWritten: 3,
      depth: 4,
    });
  });

  it('says in one sentence what is wrong with it', async () => {
    await writeFile(path.join(directory, 'file'), 'x');
    for (const wrong of [path.join(directory, 'none'), path.join(directory, 'file')]) {
      await expect(openStore(wrong)).rejects.toMatchObject({
        code: ErrorCode.storeNoBucket,
        message: `${wrong} is not a directory`,
        hint: expect.any(String),
      });
    }
  });

  it('shows no half-written object, and removes those of dead processes', async () => {
    const store = await openStore(directory);
    await store.put('R/x', Buffer.from('x'));
    const old = path.join(directory, 'R', '.mongoq-tmp-1');
    const young = path.join(directory, 'R', '.mongoq-tmp-2');
    await writeFile(old, 'half');
    await utimes(old, new Date(0), new Date(0));
    await writeFile(young, 'half');
    expect(await collectKeys(store.list('R/'))).toEqual(['R/x']);
    await expect(store.get('R/.mongoq-tmp-2')).rejects.toMatchObject({ code: ErrorCode.storeNotFound });
    await (await openStore(directory)).put('R/y', Buffer.from('y'));
    expect((await readdir(path.join(directory, 'R'))).sort()).toEqual(['.mongoq-tmp-2', 'x', 'y']);
  });

  it('takes over the lock of a dead process', async () => {
    const store = await openStore(directory);
    const { etag } = await store.put('L/x', Buffer.from('x'));
    const lock = path.join(directory, 'L', '.mongoq-tmp-lock-x');
    await writeFile(lock, 'dead');
    await utimes(lock, new Date(0), new Date(0));
    await store.put('L/x', Buffer.from('y'), { ifMatch: etag });
    expect(String(await store.get('L/x'))).toBe('y');
    expect(await readdir(path.join(directory, 'L'))).toEqual(['x']);
  });
});
