import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { MongoqError } from '../../src/base/errors.ts';
import type { ListOptions, ObjectStore } from '../../src/store/object-store.ts';
import { collect, collectKeys } from './collect.ts';

/** Resolves to the code of the MongoqError that `work` rejects with. */
async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
  return 'no error';
}

/** All keys of a listing. */
function keysOf(store: ObjectStore, prefix: string, options?: ListOptions): Promise<string[]> {
  return collectKeys(store.list(prefix, options));
}

function foldersOf(store: ObjectStore, prefix: string, options?: ListOptions): Promise<string[]> {
  return collect(store.listFolders(prefix, options));
}

/**
 * What every store must do, whatever is below it. `open` makes an empty store; `large` is the size of a file that the
 * store writes in more than one piece.
 */
export function describeObjectStore(
  name: string,
  open: () => Promise<ObjectStore>,
  { large = 3_000_000, listed = 30 }: { large?: number; listed?: number } = {},
): void {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore;
    let local: string;
    beforeAll(async () => {
      store = await open();
      local = await mkdtemp(path.join(tmpdir(), 'mongoq-contract-'));
    });
    afterAll(async () => {
      await store.close();
      await rm(local, { recursive: true });
    });
    const newKey = () => `k-${randomUUID()}/x`;

    it('gives back what was put', async () => {
      const key = newKey();
      const bytes = randomBytes(10_000);
      const { etag } = await store.put(key, bytes);
      expect(await store.get(key)).toEqual(bytes);
      const info = await store.head(key);
      expect(info).toMatchObject({ key, size: bytes.length, etag });
      expect(Math.abs(Date.now() - info.modified.getTime())).toBeLessThan(60_000);
      expect(await store.getWithInfo(key)).toMatchObject({ bytes, info: { key, size: 10_000, etag } });
    });

    it('holds an empty object', async () => {
      const key = newKey();
      await store.put(key, Buffer.alloc(0));
      expect(await store.get(key)).toHaveLength(0);
      expect(await store.get(key, { range: { start: 0, end: 0 } })).toHaveLength(0);
      expect((await store.head(key)).size).toBe(0);
    });

    it('replaces an object, under a new version', async () => {
      const key = newKey();
      const first = await store.put(key, Buffer.from('one'));
      const second = await store.put(key, Buffer.from('two'));
      expect(second.etag).not.toBe(first.etag);
      expect(String(await store.get(key))).toBe('two');
    });

    it('gives exactly the range asked for', async () => {
      const key = newKey();
      const bytes = randomBytes(1000);
      await store.put(key, bytes);
      for (const [start, end] of [
        [0, 1],
        [0, 1000],
        [999, 1000],
        [200, 300],
        [500, 500],
        [1000, 1000],
      ] as const) {
        const answer = await store.getWithInfo(key, { range: { start, end } });
        expect(answer.bytes).toEqual(bytes.subarray(start, end));
        expect(answer.info.size).toBe(1000);
      }
    });

    it('gives every byte once to who takes parts, in order, the rest in the answer', async () => {
      const key = newKey();
      const bytes = randomBytes(500_000);
      const { etag } = await store.put(key, bytes);
      for (const range of [undefined, { start: 1000, end: 400_000 }]) {
        const parts: Buffer[] = [];
        const { bytes: rest, info } = await store.getWithInfo(key, {
          range,
          onPart: (part, of) => {
            expect(of).toMatchObject({ key, etag, size: bytes.length });
            parts.push(Buffer.from(part));
          },
        });
        expect(info).toMatchObject({ key, etag, size: bytes.length });
        const all = Buffer.concat([...parts, rest]);
        expect(all.equals(range ? bytes.subarray(range.start, range.end) : bytes)).toBe(true);
      }
    });

    it('says that bytes are missing where the object ends before the range', async () => {
      const key = newKey();
      await store.put(key, Buffer.alloc(100));
      for (const range of [
        { start: 50, end: 101 },
        { start: 100, end: 101 },
        { start: 101, end: 101 },
        { start: 5000, end: 6000 },
      ]) {
        expect(await codeOf(store.get(key, { range }))).toBe(ErrorCode.storeDamaged);
      }
    });

    it('reads only the version asked for', async () => {
      const key = newKey();
      const { etag } = await store.put(key, Buffer.from('one'));
      expect(String(await store.get(key, { ifMatch: etag }))).toBe('one');
      await store.put(key, Buffer.from('two'));
      expect(await codeOf(store.get(key, { ifMatch: etag }))).toBe(ErrorCode.storeChanged);
      for (const end of [0, 1])
        expect(await codeOf(store.get(key, { ifMatch: etag, range: { start: 0, end } }))).toBe(
          ErrorCode.storeChanged,
        );
    });

    it('says what does not exist', async () => {
      const key = newKey();
      expect(await codeOf(store.get(key))).toBe(ErrorCode.storeNotFound);
      expect(await codeOf(store.get(key, { range: { start: 0, end: 5 } }))).toBe(ErrorCode.storeNotFound);
      expect(await codeOf(store.head(key))).toBe(ErrorCode.storeNotFound);
    });

    it('deletes, also what is not there', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('x'));
      await store.delete(key);
      await store.delete(key);
      expect(await codeOf(store.head(key))).toBe(ErrorCode.storeNotFound);
      expect(await keysOf(store, key)).toEqual([]);
    });

    it('lets nothing out of its prefix', async () => {
      for (const key of ['../x', 'a/../../x', 'a/..', '.', 'a/./b', '', 'a\0b']) {
        expect(await codeOf(store.get(key))).toBe(ErrorCode.storeNotFound);
        expect(await codeOf(store.put(key, Buffer.from('x')))).toBe(ErrorCode.storeNotFound);
        expect(await codeOf(store.delete(key))).toBe(ErrorCode.storeNotFound);
      }
      expect(await keysOf(store, '../')).toEqual([]);
    });

    it('puts a key that is new, once', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('one'), { ifAbsent: true });
      expect(await codeOf(store.put(key, Buffer.from('two'), { ifAbsent: true }))).toBe(
        ErrorCode.storeConflict,
      );
      expect(String(await store.get(key))).toBe('one');
      expect(await keysOf(store, key)).toEqual([key]);
    });

    it('replaces only the version asked for', async () => {
      const key = newKey();
      expect(await codeOf(store.put(key, Buffer.from('x'), { ifMatch: 'abc' }))).toBe(
        ErrorCode.storeConflict,
      );
      const { etag: first } = await store.put(key, Buffer.from('one'));
      const { etag: second } = await store.put(key, Buffer.from('two'), { ifMatch: first });
      expect(await codeOf(store.put(key, Buffer.from('three'), { ifMatch: first }))).toBe(
        ErrorCode.storeConflict,
      );
      expect((await store.head(key)).etag).toBe(second);
      expect(String(await store.get(key))).toBe('two');
    });

    it('lets one of many win a conditional put', async () => {
      const key = newKey();
      const winners = async (options: { ifAbsent?: boolean; ifMatch?: string }) => {
        const tries = Array.from({ length: 8 }, (_, i) => Buffer.from(`${randomUUID()} ${i}`));
        const results = await Promise.allSettled(tries.map((bytes) => store.put(key, bytes, options)));
        for (const result of results) {
          if (result.status === 'rejected') {
            expect(result.reason).toMatchObject({ code: ErrorCode.storeConflict });
          }
        }
        return tries.filter((_, i) => results[i]?.status === 'fulfilled').map(String);
      };
      const created = await winners({ ifAbsent: true });
      expect(created).toEqual([String(await store.get(key))]);
      const replaced = await winners({ ifMatch: (await store.head(key)).etag });
      expect(replaced).toEqual([String(await store.get(key))]);
    });

    it('tells each of many writers the version that it wrote', async () => {
      for (let round = 0; round < 5; round++) {
        const key = newKey();
        const bodies = Array.from({ length: 8 }, (_, i) => Buffer.from(`${i} ${'x'.repeat(i)}`));
        const etags = await Promise.all(bodies.map(async (body) => (await store.put(key, body)).etag));
        const { bytes, info } = await store.getWithInfo(key);
        expect(new Set(etags).size).toBe(bodies.length);
        expect(etags.indexOf(info.etag)).toBe(bodies.findIndex((body) => body.equals(bytes)));
      }
    });

    it('holds and deletes what has a long name', async () => {
      const key = `${randomUUID()}/${'long'.repeat(60)}`;
      await store.put(key, Buffer.from('x'));
      await store.put(key, Buffer.from('y'));
      expect(String(await store.get(key))).toBe('y');
      await store.delete(key);
      expect(await codeOf(store.get(key))).toBe(ErrorCode.storeNotFound);
    });

    it('stores a local file', async () => {
      for (const size of [0, 100_000, large]) {
        const file = path.join(local, `f${size}`);
        const bytes = randomBytes(size);
        await writeFile(file, bytes);
        const key = newKey();
        let progress = 0;
        const { etag } = await store.put(key, { file, size, onProgress: (n) => (progress += n) });
        expect(progress).toBe(size);
        expect((await store.get(key)).equals(bytes)).toBe(true);
        expect(await store.head(key)).toMatchObject({ size, etag });
      }
    });

    it('shows a file only when its MD5 is known', async () => {
      for (const size of [100_000, large]) {
        const file = path.join(local, `waiting${size}`);
        const bytes = randomBytes(size);
        await writeFile(file, bytes);
        const key = newKey();
        let known: (md5: Buffer) => void = () => undefined;
        const md5 = new Promise<Buffer>((resolve) => (known = resolve));
        const storing = store.put(key, { file, size, md5 });
        await delay(200);
        expect(await keysOf(store, key)).toEqual([]);
        known(createHash('md5').update(bytes).digest());
        await storing;
        expect((await store.get(key)).equals(bytes)).toBe(true);
        const reason = new MongoqError(ErrorCode.storeDenied, 'it cannot be stored');
        const failing = Promise.reject<Buffer>(reason);
        failing.catch(() => undefined);
        const other = newKey();
        await expect(store.put(other, { file, size, md5: failing })).rejects.toBe(reason);
        expect(await keysOf(store, other)).toEqual([]);
      }
    });

    it('leaves nothing of a file that became shorter', async () => {
      const file = path.join(local, 'shrunk');
      await writeFile(file, randomBytes(large - 1));
      const key = newKey();
      let progress = 0;
      const onProgress = (bytes: number) => (progress += bytes);
      expect(await codeOf(store.put(key, { file, size: large, onProgress }))).toBe(ErrorCode.storeChanged);
      expect(progress).toBe(0);
      expect(await keysOf(store, key)).toEqual([]);
    });

    it('lists keys in the order of their bytes', async () => {
      const top = `${randomUUID()}/`;
      const names = ['a', 'a-b', 'a.b/c', 'a/b', 'a/b/c', 'a0', 'B', 'é', '～', '𝒳', 'b c+d%2F'];
      // "a" and "a/b" cannot both exist in a directory.
      const keys = names.filter((name) => name !== 'a' && name !== 'a/b').map((name) => top + name);
      for (const key of keys) await store.put(key, Buffer.from(key));
      const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await keysOf(store, top)).toEqual(sorted);
      expect(await keysOf(store, `${top}a`)).toEqual(sorted.filter((key) => key.startsWith(`${top}a`)));
      expect(await keysOf(store, `${top}a/`)).toEqual([`${top}a/b/c`]);
      for (const [i, startAfter] of sorted.entries()) {
        expect(await keysOf(store, top, { startAfter })).toEqual(sorted.slice(i + 1));
      }
      expect(await keysOf(store, top, { startAfter: `${top}a/` })).toEqual(
        sorted.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(`${top}a/`)) > 0),
      );
      for await (const info of store.list(`${top}a`)) {
        const { size, etag } = await store.head(info.key);
        expect(info).toMatchObject({ size, etag });
      }
    });

    it('lists folders', async () => {
      const top = `${randomUUID()}/`;
      for (const key of ['file', 'a/1', 'a/2', 'a-/1', 'b/c/d', 'é/x']) {
        await store.put(top + key, Buffer.from('x'));
      }
      const below = (names: string[]) => names.map((name) => top + name);
      expect(await foldersOf(store, top)).toEqual(below(['a-/', 'a/', 'b/', 'é/']));
      expect(await foldersOf(store, `${top}a`)).toEqual(below(['a-/', 'a/']));
      expect(await foldersOf(store, `${top}b/`)).toEqual(below(['b/c/']));
      expect(await foldersOf(store, top, { startAfter: `${top}a/` })).toEqual(below(['b/', 'é/']));
      expect(await foldersOf(store, `${top}nothing/`)).toEqual([]);
      await store.delete(`${top}b/c/d`);
      expect(await foldersOf(store, top)).toEqual(below(['a-/', 'a/', 'é/']));
    });

    it('lists more than one page', async () => {
      const top = `${randomUUID()}/`;
      const keys = Array.from({ length: listed }, (_, i) => `${top}${String(i).padStart(5, '0')}/x`);
      for (let i = 0; i < keys.length; i += 50) {
        await Promise.all(keys.slice(i, i + 50).map((key) => store.put(key, Buffer.alloc(0))));
      }
      expect(await keysOf(store, top)).toEqual(keys);
      expect(await foldersOf(store, top)).toEqual(keys.map((key) => key.slice(0, -1)));
    });

    it('does nothing after an abort, and says why', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('one'));
      const reason = new Error('enough');
      const signal = AbortSignal.abort(reason);
      for (const work of [
        () => store.get(key, { signal }),
        () => store.getWithInfo(key, { signal }),
        () => store.head(key, { signal }),
        () => store.put(key, Buffer.from('two'), { signal }),
        () => store.delete(key, { signal }),
        () => keysOf(store, '', { signal }),
      ]) {
        await expect(work()).rejects.toBe(reason);
      }
      expect(String(await store.get(key))).toBe('one');
    });

    it('gives up a file half way when aborted', async () => {
      const file = path.join(local, 'aborted');
      await writeFile(file, randomBytes(large));
      const key = newKey();
      const reason = new Error('enough');
      const controller = new AbortController();
      const onProgress = () => controller.abort(reason);
      const work = store.put(key, { file, size: large, onProgress }, { signal: controller.signal });
      const result = await work.catch((error: unknown) => error);
      // Either it was stopped, or the first piece was the last.
      expect(await keysOf(store, key)).toEqual(result === reason ? [] : [key]);
    });
  });
}
