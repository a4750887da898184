import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { MongoqError } from '../../src/base/errors.ts';
import { BrokenBody } from '../../src/store/broken-body.ts';
import type { ObjectInfo, ObjectStore } from '../../src/store/object-store.ts';
import { wrapStore } from '../../src/store/wrap-store.ts';

/** A passing fault, as a store reports a 503 or a reset connection. */
export function unavailable(what: string): MongoqError {
  return new MongoqError(ErrorCode.storeUnavailable, `${what} failed: SlowDown (HTTP 503)`);
}

/** The requests (counted from 1, listings too) for which `fails` is true fail, before they reach the store. */
export function failNth(inner: ObjectStore, fails: (n: number) => boolean): ObjectStore {
  let n = 0;
  const check = (what: string) => {
    if (fails(++n)) throw unavailable(what);
  };
  return wrapStore(inner, {
    getWithInfo: async (key, options) => {
      check(`GET ${key}`);
      return inner.getWithInfo(key, options);
    },
    put: async (key, body, options) => {
      check(`PUT ${key}`);
      return inner.put(key, body, options);
    },
    head: async (key, options) => {
      check(`HEAD ${key}`);
      return inner.head(key, options);
    },
    delete: async (key, options) => {
      check(`DELETE ${key}`);
      return inner.delete(key, options);
    },
    list: async function* (prefix, options) {
      check(`LIST ${prefix}`);
      yield* inner.list(prefix, options);
    },
    listFolders: async function* (prefix, options) {
      check(`LIST ${prefix}`);
      yield* inner.listFolders(prefix, options);
    },
  });
}

/** Writes happen, but the first `times` answers are lost on their way back. */
export function losingAnswers(inner: ObjectStore, times: number): ObjectStore {
  let left = times;
  return wrapStore(inner, {
    put: async (key, body, options) => {
      const answer = await inner.put(key, body, options);
      if (left-- > 0) throw unavailable(`PUT ${key}`);
      return answer;
    },
  });
}

/** Bodies break off after `keep(length, n)` of their bytes; those of which that keeps all arrive. n counts bodies from 1. */
export function truncating(inner: ObjectStore, keep: (length: number, n: number) => number): ObjectStore {
  let n = 0;
  return wrapStore(inner, {
    getWithInfo: async (key, options) => {
      const answer = await inner.getWithInfo(key, options);
      const kept = keep(answer.bytes.length, ++n);
      if (kept >= answer.bytes.length) return answer;
      throw new BrokenBody(`${key} broke off`, answer.bytes.subarray(0, kept), answer.info);
    },
  });
}

/**
 * As `truncating`, but for who takes parts: bodies come as parts of `partBytes`, in turns of their own, as those of a
 * network do.
 */
export function inParts(
  inner: ObjectStore,
  partBytes: number,
  keep: (length: number, n: number) => number,
): ObjectStore {
  let n = 0;
  return wrapStore(inner, {
    getWithInfo: async (key, options) => {
      const { bytes, info } = await inner.getWithInfo(key, options);
      if (!options?.onPart) return { bytes, info };
      const kept = Math.min(bytes.length, keep(bytes.length, ++n));
      for (let at = 0; at < kept;) {
        await Promise.resolve();
        options.signal?.throwIfAborted();
        const room = options.room?.();
        const part = room?.subarray(0, partBytes) ?? Buffer.alloc(partBytes);
        const filled = bytes.copy(part, 0, at, kept);
        options.onPart(part.subarray(0, filled), info);
        // Who gave room keeps what is in it.
        if (!room) part.fill(0);
        at += filled;
      }
      if (kept === bytes.length) return { bytes: Buffer.alloc(0), info };
      throw new BrokenBody(`${key} broke off`, Buffer.alloc(0), info, { delivered: kept });
    },
  });
}

/** One bit of every body of `key` is wrong, and nothing says so. */
export function bitFlip(inner: ObjectStore, key: string, byte: number): ObjectStore {
  return wrapStore(inner, {
    getWithInfo: async (wanted, options) => {
      const { bytes, info } = await inner.getWithInfo(wanted, options);
      const at = byte - (options?.range?.start ?? 0);
      if (wanted === key && at >= 0 && at < bytes.length) bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return { bytes, info };
    },
  });
}

/** Objects are rewritten with other bytes of the same length before the GETs of which `changes` is true (counted from 1). */
export function changedEtag(inner: ObjectStore, changes: (n: number) => boolean): ObjectStore {
  let n = 0;
  return wrapStore(inner, {
    getWithInfo: async (key, options) => {
      if (changes(++n)) {
        const old = await inner.get(key);
        await inner.put(key, Buffer.from(old.map((byte) => byte ^ 0xff)));
      }
      return inner.getWithInfo(key, options);
    },
  });
}

/** Every read takes `ms(n)` longer (n counts from 1). */
export function slow(inner: ObjectStore, ms: (n: number) => number): ObjectStore {
  let n = 0;
  return wrapStore(inner, {
    getWithInfo: async (key, options) => {
      await delay(ms(++n), undefined, options?.signal && { signal: options.signal }).catch(
        (error: unknown) => {
          options?.signal?.throwIfAborted();
          throw error;
        },
      );
      return inner.getWithInfo(key, options);
    },
  });
}

/** Listings break off after `items(n)` items; n counts listings from 1. */
export function listOnce(inner: ObjectStore, items: (n: number) => number): ObjectStore {
  let n = 0;
  return wrapStore(inner, {
    list: async function* (prefix, options): AsyncGenerator<ObjectInfo> {
      let left = items(++n);
      for await (const info of inner.list(prefix, options)) {
        if (left-- <= 0) throw unavailable(`LIST ${prefix}`);
        yield info;
      }
    },
  });
}

/** MD5 in hex, for comparing contents in a readable way. */
export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
