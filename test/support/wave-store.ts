import type { ObjectStore } from '../../src/store/object-store.ts';
import { wrapStore } from '../../src/store/wrap-store.ts';

/** Requests to a store as latency sees them. */
export interface Waves {
  store: ObjectStore;
  /** How often whoever reads had to wait for requests: round trips, however many requests each had. */
  waves: number;
  gets: number;
  /** Requests for listings; one brings 1,000 keys or folders, as S3's do. */
  lists: number;
  puts: number;
  bytes: number;
  reset(): void;
}

/** Turns of the event loop without a new request after which everybody is taken to be waiting. */
const quietTurns = 20;

export interface WaveOptions {
  /** Time without a new request that must have passed too, where there is work to wait for that is no request. */
  quietMs?: number;
}

const listPage = 1000;

/**
 * A store in which time does not matter: requests are held until no further ones come, and are then answered together,
 * as a far server would answer what is asked at once. `inner` must answer within a few turns of the event loop.
 */
export function waveStore(inner: ObjectStore, { quietMs = 0 }: WaveOptions = {}): Waves {
  let held: (() => void)[] = [];
  let quiet = 0;
  let latest = 0;
  let watching = false;
  const watch = (): void => {
    if (quiet++ < quietTurns || performance.now() - latest < quietMs) {
      setImmediate(watch);
      return;
    }
    watching = false;
    result.waves++;
    const released = held;
    held = [];
    for (const release of released) release();
  };
  const request = async (): Promise<void> => {
    quiet = 0;
    latest = performance.now();
    if (!watching) {
      watching = true;
      setImmediate(watch);
    }
    await new Promise<void>((release) => held.push(release));
  };
  async function* paged<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    let n = 0;
    const page = async (): Promise<void> => {
      result.lists++;
      await request();
    };
    await page();
    for await (const item of items) {
      if (n > 0 && n % listPage === 0) await page();
      n++;
      yield item;
    }
  }
  const store = wrapStore(inner, {
    getWithInfo: async (key, options) => {
      result.gets++;
      await request();
      const answer = await inner.getWithInfo(key, options);
      result.bytes += answer.bytes.length;
      return answer;
    },
    put: async (key, body, options) => {
      result.puts++;
      await request();
      return inner.put(key, body, options);
    },
    list: (prefix, options) => paged(inner.list(prefix, options)),
    listFolders: (prefix, options) => paged(inner.listFolders(prefix, options)),
  });
  const result: Waves = {
    store,
    waves: 0,
    gets: 0,
    lists: 0,
    puts: 0,
    bytes: 0,
    reset: () => Object.assign(result, { waves: 0, gets: 0, lists: 0, puts: 0, bytes: 0 }),
  };
  return result;
}
