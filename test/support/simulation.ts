import { setMaxListeners } from 'node:events';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { MongoqError } from '../../src/base/errors.ts';
import type { Clock } from '../../src/operations/clock.ts';
import { requestMs } from '../../src/operations/lease.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import type {
  ListOptions,
  ObjectInfo,
  ObjectStore,
  PutBody,
  PutOptions,
} from '../../src/store/object-store.ts';

/** Numbers from 0 to below `n`, the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** A request on its way: it takes effect within requestMs of being sent, or never. */
interface Request {
  process: SimulatedProcess;
  deadline: number;
  effect: () => Promise<void>;
  fail: () => void;
}

/** Something that happens in a process when it gets the processor: an answer arrived, or a sleep ended. */
interface Wakening {
  process: SimulatedProcess;
  at: number;
  wake: () => void;
}

export interface SimulatedProcess {
  name: string;
  state: 'running' | 'paused' | 'dead' | 'ended';
}

const pageSize = 3;

/**
 * Processes on one store and one virtual time, of which a random one goes on at each step. Requests may take effect
 * late, fail, or take effect without an answer; processes may be paused for any time and may die. Listings come in pages
 * of three, so that writes fall between them.
 */
export class Simulation {
  readonly base = new MemoryStore();
  /** Called after each change of the store. */
  onChange: (key: string) => Promise<void> = () => Promise.resolve();
  now = 0;
  readonly #random: (n: number) => number;
  readonly #faults: boolean;
  readonly #processes: SimulatedProcess[] = [];
  readonly #modified = new Map<string, number>();
  #requests: Request[] = [];
  #wakenings: Wakening[] = [];

  constructor(random: (n: number) => number, faults: boolean) {
    this.#random = random;
    this.#faults = faults;
  }

  /** Starts a process; what it throws goes to `onEnd`. */
  start(
    name: string,
    run: (store: ObjectStore, clock: Clock) => Promise<void>,
    onEnd: (error?: unknown) => void,
  ): void {
    const process: SimulatedProcess = { name, state: 'running' };
    this.#processes.push(process);
    const end = (error?: unknown): void => {
      if (process.state !== 'dead') process.state = 'ended';
      onEnd(error);
    };
    run(this.#storeOf(process), this.#clockOf(process)).then(() => end(), end);
  }

  /** Goes on until every process has ended or died; after `steps` steps without any further fault. */
  async run(steps: number): Promise<void> {
    for (let step = 0; ; step++) {
      await settled();
      const live = this.#processes.filter(
        (process) => process.state === 'running' || process.state === 'paused',
      );
      if (live.length === 0 && this.#requests.length === 0) return;
      if (step > 50 * steps + 5000) throw new Error(`no end: ${live.map((process) => process.name).join()}`);
      await this.#step(step < steps && this.#faults, live);
    }
  }

  async #step(faults: boolean, live: SimulatedProcess[]): Promise<void> {
    const dice = this.#random(1000);
    const victim = live[this.#random(Math.max(1, live.length))];
    if (!faults) for (const process of live) process.state = 'running';
    else if (victim && dice < 4) victim.state = 'dead';
    else if (victim && dice < 40) victim.state = victim.state === 'paused' ? 'running' : 'paused';
    const ready = this.#wakenings.filter((each) => each.at <= this.now && each.process.state === 'running');
    const choices = this.#requests.length + ready.length;
    if (choices === 0 || (faults && dice > 970)) return this.#advance(faults);
    const choice = this.#random(choices);
    const request = this.#requests[choice];
    if (request) return this.#settle(request, faults && this.#random(100) < 2);
    const wakening = ready[choice - this.#requests.length];
    if (!wakening) return;
    this.#wakenings.splice(this.#wakenings.indexOf(wakening), 1);
    wakening.wake();
  }

  async #settle(request: Request, fails: boolean): Promise<void> {
    this.#requests.splice(this.#requests.indexOf(request), 1);
    if (fails || (request.process.state === 'dead' && this.#random(2) === 0)) request.fail();
    else await request.effect();
  }

  /** To the next end of a sleep, or by a jump; requests that are due by then are settled before. */
  async #advance(faults: boolean): Promise<void> {
    const jumps = [1_000, 30_000, 2 * requestMs, 3 * requestMs];
    const next = Math.min(
      ...this.#wakenings
        .filter((each) => each.process.state === 'running' && each.at > this.now)
        .map((each) => each.at),
    );
    const jump = faults || next === Infinity ? (jumps[this.#random(jumps.length)] ?? 0) : 0;
    const to =
      jump > 0 && this.#random(2) === 0
        ? this.now + jump
        : Math.max(next === Infinity ? 0 : next, this.now + (next === Infinity ? jump : 0));
    for (const request of this.#requests.filter((each) => each.deadline < to))
      await this.#settle(request, faults && this.#random(2) === 0);
    this.now = to;
  }

  #clockOf(process: SimulatedProcess): Clock {
    return {
      now: () => this.now,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          signal?.throwIfAborted();
          if (signal) setMaxListeners(0, signal);
          const wakening: Wakening = { process, at: this.now + ms, wake: resolve };
          this.#wakenings.push(wakening);
          signal?.addEventListener('abort', () => {
            this.#wakenings = this.#wakenings.filter((each) => each !== wakening);
            reject(signal.reason as Error);
          });
        }),
    };
  }

  /** Sends a request of a process; its answer is a wakening. An abort frees the caller, but not what is on its way. */
  #send<T>(process: SimulatedProcess, signal: AbortSignal | undefined, effect: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      const answer = (wake: () => void): void => void this.#wakenings.push({ process, at: this.now, wake });
      const unavailable = new MongoqError(ErrorCode.storeUnavailable, 'simulated fault');
      this.#requests.push({
        process,
        deadline: this.now + requestMs,
        effect: async () => {
          try {
            const result = await effect();
            const lost = this.#faults && this.#random(200) === 0;
            answer(() => (lost ? reject(unavailable) : resolve(result)));
          } catch (error) {
            const failure = error as Error;
            answer(() => reject(failure));
          }
        },
        fail: () => answer(() => reject(unavailable)),
      });
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }

  #storeOf(process: SimulatedProcess): ObjectStore {
    const { base } = this;
    const send = <T>(signal: AbortSignal | undefined, effect: () => Promise<T>): Promise<T> =>
      this.#send(process, signal, effect);
    const dated = (info: ObjectInfo): ObjectInfo => ({
      ...info,
      modified: new Date(this.#modified.get(info.key) ?? 0),
    });
    const store: ObjectStore = {
      url: base.url,
      id: base.id,
      roots: base.roots,
      get: (key, { signal, ...options } = {}) => send(signal, () => base.get(key, options)),
      getWithInfo: (key, { signal, ...options } = {}) =>
        send(signal, async () => {
          const { bytes, info } = await base.getWithInfo(key, options);
          return { bytes, info: dated(info) };
        }),
      put: (key: string, body: PutBody, { signal, ...options }: PutOptions = {}) =>
        send(signal, async () => {
          const result = await base.put(key, body, options);
          this.#modified.set(key, this.now);
          await this.onChange(key);
          return result;
        }),
      head: (key, { signal } = {}) => send(signal, async () => dated(await base.head(key))),
      delete: (key, { signal } = {}) =>
        send(signal, async () => {
          await base.delete(key);
          await this.onChange(key);
        }),
      list: (prefix: string, options: ListOptions = {}) => pages(prefix, options),
      listFolders: () => {
        throw new Error('no operation lists folders');
      },
      close: () => Promise.resolve(),
    };
    async function* pages(prefix: string, { startAfter, signal }: ListOptions): AsyncGenerator<ObjectInfo> {
      for (let after = startAfter; ;) {
        const page = await send(signal, async () => {
          const found: ObjectInfo[] = [];
          for await (const info of base.list(prefix, { startAfter: after })) {
            found.push(dated(info));
            if (found.length === pageSize) break;
          }
          return found;
        });
        yield* page;
        if (page.length < pageSize) return;
        after = page.at(-1)?.key;
      }
    }
    return store;
  }
}

/** Lets everything run that can without a further step. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
