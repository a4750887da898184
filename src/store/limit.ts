import type { GetOptions, ObjectStore, Priority } from './object-store.ts';
import { wrapStore } from './wrap-store.ts';

interface Waiter {
  priority: () => Priority;
  start: () => void;
}

/**
 * A number of slots, each held while work runs. Work of `demand` goes first, and `ahead` begins only while more than a
 * quarter of the slots is free, so that something somebody waits for nearly always starts at once.
 */
export class Slots {
  readonly #total: number;
  readonly #forAhead: number;
  #taken = 0;
  readonly #waiting = new Set<Waiter>();

  constructor(total: number) {
    this.#total = total;
    this.#forAhead = Math.max(1, Math.floor((total * 3) / 4));
  }

  /** Runs `work` in a slot. Rejects with the signal's reason if that aborts while it waits for one. */
  async run<T>(
    work: () => Promise<T>,
    options: { priority?: GetOptions['priority']; signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    const { priority = 'demand', signal } = options;
    signal?.throwIfAborted();
    await this.#take(typeof priority === 'function' ? priority : () => priority, signal);
    try {
      return await work();
    } finally {
      this.#taken--;
      this.#startWaiting();
    }
  }

  async #take(priority: () => Priority, signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        this.#waiting.delete(waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        priority,
        start: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(waiter);
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    for (const wanted of ['demand', 'ahead'] as const) {
      const allowed = wanted === 'demand' ? this.#total : this.#forAhead;
      for (const waiter of this.#waiting) {
        if (this.#taken >= allowed) break;
        if (waiter.priority() !== wanted) continue;
        this.#waiting.delete(waiter);
        this.#taken++;
        waiter.start();
      }
    }
  }
}

/**
 * At most `concurrency` reads and writes at a time. Listings are not limited: each has one request in flight, and its
 * reader may need a slot to go on.
 */
export function limitStore(inner: ObjectStore, concurrency: number): ObjectStore {
  const slots = new Slots(concurrency);
  return wrapStore(inner, {
    getWithInfo: (key, options) => slots.run(() => inner.getWithInfo(key, options), options),
    put: (key, body, options) => slots.run(() => inner.put(key, body, options), { signal: options?.signal }),
    head: (key, options) => slots.run(() => inner.head(key, options), options),
    delete: (key, options) => slots.run(() => inner.delete(key, options), options),
  });
}
