import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { allowManyListeners } from '../base/many-listeners.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import { BrokenBody } from './broken-body.ts';
import { StoreHealth } from './health.ts';
import type { GetOptions, ObjectInfo, ObjectStore, PutBody, PutOptions } from './object-store.ts';
import { wrapStore } from './wrap-store.ts';

/** How often and after how long a pause something is tried again. */
export interface RetryPolicy {
  /** Further attempts after the first. */
  retries: number;
  /** The n-th pause is random between 0 and min(`capMs`, `baseMs` * 2^n): "full jitter", so that clients spread out. */
  baseMs: number;
  capMs: number;
  /** How long a store is tried that has never answered, milliseconds: then it is the address that is wrong, or the network. */
  unansweredMs?: number | undefined;
  /** Told how the attempts go. */
  health?: StoreHealth | undefined;
  /** Waits; replaced in tests. */
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

export const defaultRetryPolicy: RetryPolicy = {
  retries: 6,
  baseMs: 100,
  capMs: 10_000,
  unansweredMs: 10_000,
};

/** Progress that makes a broken body's resumption count as a first attempt again, in bytes. */
const progressBytes = 64 * 1024;

/** What is thrown when all attempts are used up: nothing further out tries again. */
class GaveUp extends MongoqError {}

/** Whether trying again may help. A storeDamaged that is no BrokenBody says that the object itself is too short. */
function isPassing(error: unknown): error is MongoqError {
  if (error instanceof GaveUp) return false;
  return error instanceof BrokenBody || isMongoqError(error, ErrorCode.storeUnavailable);
}

/** Counts the attempts of one piece of work and waits between them. */
class Attempts {
  readonly #policy: RetryPolicy;
  readonly #signal: AbortSignal | undefined;
  readonly #began = performance.now();
  /** Whether the last attempt failed, and is repeated. */
  #failing = false;
  failed = 0;

  constructor(policy: RetryPolicy, signal: AbortSignal | undefined) {
    allowManyListeners(signal);
    this.#policy = policy;
    this.#signal = signal;
  }

  succeeded(): void {
    this.#policy.health?.succeeded(this.#failing);
    this.#failing = false;
  }

  /** Waits before the next attempt, or throws what the work ends with: `error`, or the signal's reason. */
  async after(error: unknown): Promise<void> {
    try {
      await this.#wait(error);
    } catch (final) {
      if (this.#failing) this.#policy.health?.ended();
      this.#failing = false;
      throw final;
    }
  }

  async #wait(error: unknown): Promise<void> {
    const { health, retries, baseMs, capMs, sleep = abortableSleep } = this.#policy;
    this.#signal?.throwIfAborted();
    if (!isPassing(error)) {
      health?.hear(error);
      throw error;
    }
    health?.failed(error, !this.#failing);
    this.#failing = true;
    if (this.failed >= retries || this.#isInVain()) {
      const attempts = this.failed === 0 ? '' : ` (${this.failed + 1} attempts)`;
      throw new GaveUp(error.code, `${error.message}${attempts}`, { hint: error.hint, cause: error });
    }
    const ms = Math.random() * Math.min(capMs, baseMs * 2 ** this.failed++);
    await sleep(ms, this.#signal);
    this.#signal?.throwIfAborted();
  }

  #isInVain(): boolean {
    const { health, unansweredMs = Infinity } = this.#policy;
    return health !== undefined && !health.answered && performance.now() - this.#began >= unansweredMs;
  }
}

async function abortableSleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Runs `work` until it succeeds, fails for good, or has used up the policy's attempts. `work` gets the number of failures so far. */
export async function withRetries<T>(
  work: (failed: number) => Promise<T>,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<T> {
  const attempts = new Attempts(policy, signal);
  for (;;) {
    try {
      const result = await work(attempts.failed);
      attempts.succeeded();
      return result;
    } catch (error) {
      await attempts.after(error);
    }
  }
}

/**
 * Tries again after passing faults (storeUnavailable, bodies that broke off), with growing random pauses. A body is
 * resumed where it broke off, pinned to its version; a listing after the last key it gave. An abort ends everything at
 * once. What it cannot mend: bytes that arrive changed but complete; those are found by the checksums inside files.
 */
export function retryStore(inner: ObjectStore, given: RetryPolicy = defaultRetryPolicy): ObjectStore {
  const policy = { ...given, health: given.health ?? new StoreHealth() };
  return wrapStore(inner, {
    getWithInfo: (key, options = {}) => getResuming(inner, key, options, policy),
    put: (key, body, options = {}) =>
      withRetries((failed) => putOnce(inner, key, body, options, failed), policy, options.signal),
    head: (key, options) => withRetries(() => inner.head(key, options), policy, options?.signal),
    delete: (key, options) => withRetries(() => inner.delete(key, options), policy, options?.signal),
    list: (prefix, options = {}) =>
      listResuming(
        (startAfter) => inner.list(prefix, { ...options, startAfter }),
        (info) => info.key,
        options,
        policy,
      ),
    listFolders: (prefix, options = {}) =>
      listResuming(
        (startAfter) => inner.listFolders(prefix, { ...options, startAfter }),
        (folder) => folder,
        options,
        policy,
      ),
  });
}

async function getResuming(
  inner: ObjectStore,
  key: string,
  options: GetOptions,
  policy: RetryPolicy,
): Promise<{ bytes: Buffer; info: ObjectInfo }> {
  const attempts = new Attempts(policy, options.signal);
  let parts: Buffer[] = [];
  let rest: GetOptions = options;
  for (;;) {
    try {
      const { bytes, info } = await inner.getWithInfo(key, rest);
      attempts.succeeded();
      return { bytes: parts.length === 0 ? bytes : Buffer.concat([...parts, bytes]), info };
    } catch (error) {
      const changed = isMongoqError(error, ErrorCode.storeChanged);
      if (changed && parts.length > 0 && options.ifMatch === undefined && !options.onPart) {
        // Replaced between two parts of an unpinned read: the new object is as good an answer, from its beginning.
        parts = [];
        rest = options;
        await attempts.after(new MongoqError(ErrorCode.storeUnavailable, error.message, { cause: error }));
        continue;
      }
      if (error instanceof BrokenBody) {
        const { received, delivered, info } = error;
        if (options.onPart && received.length > 0) options.onPart(received, info);
        else if (received.length > 0) parts.push(received);
        const arrived = delivered + received.length;
        if (arrived >= progressBytes) attempts.failed = 0;
        const { start, end } = rest.range ?? { start: 0, end: info.size };
        if (arrived > 0) rest = { ...options, range: { start: start + arrived, end }, ifMatch: info.etag };
      }
      await attempts.after(error);
    }
  }
}

/**
 * A conditional put whose first answer was lost finds its own object in the way when it is tried again: if that holds
 * exactly our bytes, it is ours (or as good as ours).
 */
async function putOnce(
  inner: ObjectStore,
  key: string,
  body: PutBody,
  options: PutOptions,
  failed: number,
): Promise<{ etag: string }> {
  try {
    return await inner.put(key, body, options);
  } catch (error) {
    if (failed === 0 || !Buffer.isBuffer(body) || !isMongoqError(error, ErrorCode.storeConflict)) throw error;
    const { bytes, info } = await inner.getWithInfo(key, { signal: options.signal });
    if (bytes.equals(body)) return { etag: info.etag };
    throw error;
  }
}

async function* listResuming<T>(
  list: (startAfter: string | undefined) => AsyncIterable<T>,
  keyOf: (item: T) => string,
  options: { startAfter?: string | undefined; signal?: AbortSignal | undefined },
  policy: RetryPolicy,
): AsyncGenerator<T> {
  const attempts = new Attempts(policy, options.signal);
  let { startAfter } = options;
  for (;;) {
    try {
      for await (const item of list(startAfter)) {
        attempts.failed = 0;
        attempts.succeeded();
        startAfter = keyOf(item);
        yield item;
      }
      return;
    } catch (error) {
      await attempts.after(error);
    }
  }
}
