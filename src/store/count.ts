import type { GetOptions, ObjectInfo, ObjectStore } from './object-store.ts';
import { wrapStore } from './wrap-store.ts';

/** What went to and came from a store. */
export interface StoreCounts {
  get: number;
  put: number;
  head: number;
  /** Requests for listings: one for each 1,000 keys, as S3 answers them. */
  list: number;
  delete: number;
  bytesRead: number;
  bytesWritten: number;
  /**
   * The longest chain of requests of which each began after the one before had ended: what latency is multiplied by.
   */
  depth: number;
}

/** The most keys that S3 gives in answer to one request. */
const keysOfList = 1000;

/** Counts of zero, to give to `countStore` or `openStore`. */
export function newStoreCounts(): StoreCounts {
  return { get: 0, put: 0, head: 0, list: 0, delete: 0, bytesRead: 0, bytesWritten: 0, depth: 0 };
}

/** Requests of every kind. */
export function allRequests({ get, put, head, list, delete: deleted }: Readonly<StoreCounts>): number {
  return get + put + head + list + deleted;
}

/** Adds what passes through to `counts`. Below retry.ts it counts attempts, above it what was asked for. */
export function countStore(inner: ObjectStore, counts: StoreCounts): ObjectStore {
  const begin = (kind: 'get' | 'put' | 'head' | 'list' | 'delete'): (() => void) => {
    counts[kind]++;
    const depth = counts.depth + 1;
    return () => (counts.depth = Math.max(counts.depth, depth));
  };
  const counted = async <T>(kind: 'get' | 'put' | 'head' | 'delete', work: () => Promise<T>): Promise<T> => {
    const end = begin(kind);
    try {
      return await work();
    } finally {
      end();
    }
  };
  async function* countedList<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    const end = begin('list');
    let seen = 0;
    try {
      for await (const item of items) {
        if (seen > 0 && seen % keysOfList === 0) counts.list++;
        seen++;
        yield item;
      }
    } finally {
      end();
    }
  }
  return wrapStore(inner, {
    getWithInfo: (key, options) =>
      counted('get', async () => {
        const answer = await inner.getWithInfo(key, countingParts(options, counts));
        counts.bytesRead += answer.bytes.length;
        return answer;
      }),
    put: (key, body, options) =>
      counted('put', async () => {
        const answer = await inner.put(key, body, options);
        counts.bytesWritten += Buffer.isBuffer(body) ? body.length : body.size;
        return answer;
      }),
    head: (key, options) => counted('head', () => inner.head(key, options)),
    delete: (key, options) => counted('delete', () => inner.delete(key, options)),
    list: (prefix, options) => countedList<ObjectInfo>(inner.list(prefix, options)),
    listFolders: (prefix, options) => countedList<string>(inner.listFolders(prefix, options)),
  });
}

function countingParts(options: GetOptions | undefined, counts: StoreCounts): GetOptions | undefined {
  const onPart = options?.onPart;
  if (!onPart) return options;
  return {
    ...options,
    onPart: (bytes, info) => {
      counts.bytesRead += bytes.length;
      onPart(bytes, info);
    },
  };
}
