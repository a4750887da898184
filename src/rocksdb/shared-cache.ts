import { LRUCache } from 'lru-cache';

/** Keeps what is expensive to load, up to a number of bytes; concurrent requests for one thing share one load. */
export class SharedCache<T extends object> {
  readonly #kept: LRUCache<string, T>;
  readonly #loading = new Map<string, Promise<T>>();

  /** `sizeOf` gives the bytes of memory that a thing takes, at least 1. */
  constructor(maxBytes: number, sizeOf: (thing: T) => number) {
    this.#kept = new LRUCache({ maxSize: maxBytes, sizeCalculation: sizeOf });
  }

  /** What is kept under `key`, else undefined. */
  peek(key: string): T | undefined {
    return this.#kept.get(key);
  }

  /** What is kept under `key`, else what `load` gives; a failure is not kept. */
  get(key: string, load: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept) return Promise.resolve(kept);
    const running = this.#loading.get(key);
    if (running) return running;
    const promise = load().then(
      (thing) => {
        this.#loading.delete(key);
        this.#kept.set(key, thing);
        return thing;
      },
      (error: unknown) => {
        this.#loading.delete(key);
        throw error;
      },
    );
    this.#loading.set(key, promise);
    return promise;
  }

  clear(): void {
    this.#kept.clear();
  }
}
