import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts';
import type { Permits } from './permits.ts';

/** Bytes of one request. */
const partSize = 8 << 20;
/** Parts of one file that are fetched at once. */
const depth = 4;

interface Part {
  bytes: Buffer;
  release: () => void;
}

/**
 * The bytes of an object of `size` bytes, in order, in parts that are fetched a few at a time, all of one version. A
 * part's memory counts against `permits` until the next one is asked for. Throws storeDamaged if the object has another
 * size, and the store's errors.
 */
export async function* readParts(
  store: ObjectStore,
  object: { key: string; size: number },
  permits: Permits,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const first = await fetchFirst(store, object, permits, signal);
  const pending: Promise<Part>[] = [];
  let next = first.part.bytes.length;
  try {
    yield first.part.bytes;
    first.part.release();
    for (;;) {
      while (pending.length < depth && next < object.size) {
        const range = { start: next, end: Math.min(object.size, next + partSize) };
        next = range.end;
        const part = fetchPart(permits, () => store.get(object.key, { range, ifMatch: first.etag, signal }));
        // It may fail while an earlier one is awaited; its own turn will tell.
        part.catch(() => undefined);
        pending.push(part);
      }
      const current = pending[0];
      if (!current) return;
      const { bytes, release } = await current;
      yield bytes;
      release();
      void pending.shift();
    }
  } finally {
    first.part.release();
    for (const part of await Promise.allSettled(pending))
      if (part.status === 'fulfilled') part.value.release();
  }
}

async function fetchFirst(
  store: ObjectStore,
  { key, size }: { key: string; size: number },
  permits: Permits,
  signal: AbortSignal,
): Promise<{ part: Part; etag: string }> {
  let info: ObjectInfo | undefined;
  const part = await fetchPart(permits, async () => {
    if (size === 0) {
      info = await store.head(key, { signal });
      return Buffer.alloc(0);
    }
    const answer = await store.getWithInfo(key, {
      range: { start: 0, end: Math.min(size, partSize) },
      signal,
    });
    info = answer.info;
    return answer.bytes;
  });
  if (info?.size === size) return { part, etag: info.etag };
  part.release();
  throw new MongoqError(
    ErrorCode.storeDamaged,
    `${store.url}/${key} has ${info?.size ?? 0} bytes instead of ${size}`,
  );
}

async function fetchPart(permits: Permits, fetch: () => Promise<Buffer>): Promise<Part> {
  const release = await permits.acquire();
  try {
    return { bytes: await fetch(), release };
  } catch (error) {
    release();
    throw error;
  }
}
