import type { Worker } from 'node:worker_threads';
import { sourceOrEntryFile } from '../base/entry.ts';
import { startWorker } from '../base/start-worker.ts';
import { md5Of } from './md5-of.ts';

/** Go through a file up to `end` bytes of it; answer when these were the last. */
export interface Md5Order {
  id: number;
  file: string;
  end: number;
  last: boolean;
}

/** No MD5 where the file could not be read. */
export interface Md5Answer {
  id: number;
  md5: Uint8Array | undefined;
}

/** The MD5 of a file that may still be written. */
export interface FollowedMd5 {
  /** So many bytes from its beginning are there. */
  extend(end: number): void;
  /** The MD5 (16 bytes) of the file, all of which is there. */
  digest(size: number, signal: AbortSignal): Promise<Buffer>;
  /** It is not wanted any more. May be called at any time. */
  forget(): void;
}

/** Less takes as long as a thread to start, 40 ms, and some more. */
export const bytesForThread = 64 << 20;

/**
 * Computes the MD5s of local files, of so many bytes in all: unless that is known to be little, in a thread of its own, so
 * that the one that sends and receives never waits for it. A thread that ends is done without.
 */
export class Md5Thread {
  #worker: Worker | undefined;
  #files = 0;
  readonly #waiting = new Map<number, (md5: Buffer | undefined) => void>();

  constructor(bytes = Infinity) {
    if (bytes < bytesForThread) return;
    const worker = startWorker(sourceOrEntryFile('operations/md5-worker'));
    this.#worker = worker;
    worker.unref();
    worker.on('message', ({ id, md5 }: Md5Answer) => this.#answer(id, md5 && Buffer.from(md5)));
    // The event is heard so that it is not thrown; the next one is what counts.
    worker.on('error', () => undefined);
    worker.on('exit', () => this.#ended());
  }

  /** Begins with a file of which there may be nothing yet. */
  follow(file: string): FollowedMd5 {
    const id = this.#files++;
    let seen = 0;
    const order = (end: number, last: boolean): void => {
      seen = end;
      this.#worker?.postMessage({ id, file, end, last } satisfies Md5Order);
    };
    return {
      extend: (end) => {
        if (end > seen) order(end, false);
      },
      digest: async (size, signal) => {
        const answer = this.#wait(id);
        order(size, true);
        const md5 = await answer;
        signal.throwIfAborted();
        return md5 ?? (await md5Of(file, signal));
      },
      forget: () => {
        this.#answer(id, undefined);
        this.#worker?.postMessage({ forget: id });
      },
    };
  }

  /** The MD5 (16 bytes) of a file of `size` bytes. */
  async md5Of(file: string, size: number, signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    const followed = this.follow(file);
    const forget = (): void => followed.forget();
    signal.addEventListener('abort', forget, { once: true });
    try {
      return await followed.digest(size, signal);
    } finally {
      signal.removeEventListener('abort', forget);
    }
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #wait(id: number): Promise<Buffer | undefined> {
    if (!this.#worker) return Promise.resolve(undefined);
    // The process may end while nothing is asked for.
    if (this.#waiting.size === 0) this.#worker.ref();
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #answer(id: number, md5: Buffer | undefined): void {
    const resolve = this.#waiting.get(id);
    if (!this.#waiting.delete(id)) return;
    if (this.#waiting.size === 0) this.#worker?.unref();
    resolve?.(md5);
  }

  #ended(): void {
    this.#worker = undefined;
    for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined);
  }
}
