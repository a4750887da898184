import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { ByteRange, GetOptions, ObjectStore } from '../store/object-store.ts';
import type { Permits } from '../base/permits.ts';

/** Bytes of one request, half as much again at most. */
const partSize = 8 << 20;
/** Parts of one file that are fetched at once. */
export const depth = 4;

interface Part {
  bytes: Buffer;
  etag: string;
  release: () => void;
}

/**
 * The bytes of an object of `size` bytes, in order, in parts that are fetched a few at a time, all of one version. A
 * part's memory counts against `permits` until the next one is asked for. Throws storeDamaged if the object has another
 * size, storeChanged if it was replaced meanwhile, and the store's errors.
 */
export async function* readParts(
  store: ObjectStore,
  object: { key: string; size: number },
  permits: Permits,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const pending: Promise<Part>[] = [];
  const ranges = partsOf(object.size);
  let version: string | undefined;
  const fetchMore = (): void => {
    for (const range of ranges.splice(0, depth - pending.length)) {
      // Until the first part has come, which version the others have to be of is not known; they tell theirs.
      const part = fetchPart(store, object, permits, { range, ifMatch: version, signal });
      // It may fail while an earlier one is awaited; its own turn will tell.
      part.catch(() => undefined);
      pending.push(part);
    }
  };
  try {
    fetchMore();
    for (let current = pending[0]; current; current = pending[0]) {
      const { bytes, etag, release } = await current;
      version ??= etag;
      if (etag !== version)
        throw new MongoqError(ErrorCode.storeChanged, `${store.url}/${object.key} changed while it was read`);
      yield bytes;
      release();
      void pending.shift();
      fetchMore();
    }
  } finally {
    // Each by itself: those that still wait for a permit may need the ones that have come to give theirs back.
    await Promise.all(
      pending.map((part) =>
        part.then(
          ({ release }) => release(),
          () => undefined,
        ),
      ),
    );
  }
}

/** The parts of an object of `size` bytes, of about `bytes` each; an empty one has an empty part. */
export function partsOf(size: number, bytes = partSize): ByteRange[] {
  const count = Math.max(1, Math.round(size / bytes));
  return Array.from({ length: count }, (_, i) => ({
    start: Math.floor((i * size) / count),
    end: Math.floor(((i + 1) * size) / count),
  }));
}

/**
 * A part of an object (without what `onPart` took), or, where it is empty, what is known of it. Throws storeDamaged if it
 * has another size.
 */
export async function fetchPart(
  store: ObjectStore,
  { key, size }: { key: string; size: number },
  permits: Permits,
  options: GetOptions,
): Promise<Part> {
  const release = await permits.acquire();
  try {
    const { bytes, info } =
      size === 0
        ? { bytes: Buffer.alloc(0), info: await store.head(key, { signal: options.signal }) }
        : await store.getWithInfo(key, options);
    if (info.size === size) return { bytes, etag: info.etag, release };
    throw new MongoqError(
      ErrorCode.storeDamaged,
      `${store.url}/${key} has ${info.size} bytes instead of ${size}`,
    );
  } catch (error) {
    release();
    throw error;
  }
}
