import { allowManyListeners } from '../base/many-listeners.ts';
import { BrokenBody } from './broken-body.ts';
import type { GetOptions, ObjectInfo, ObjectStore } from './object-store.ts';
import { wrapStore } from './wrap-store.ts';

/** When a read is asked for a second time because its answer does not begin. */
export interface HedgePolicy {
  /** After so many times as long as 95 of 100 answers took to begin. */
  factor: number;
  /** What an answer is taken to need before any has been seen, and the least that is waited; milliseconds. */
  firstMs: number;
  leastMs: number;
  /** Second requests, for each first one. */
  share: number;
  /** Second requests that may be saved up for a moment in which many answers are late. */
  burst: number;
}

export const defaultHedgePolicy: HedgePolicy = {
  factor: 2,
  firstMs: 250,
  leastMs: 20,
  share: 0.05,
  burst: 4,
};

type Answer = Awaited<ReturnType<ObjectStore['getWithInfo']>>;

/** How long answers take to begin, and how many second requests are left. */
class Pace {
  readonly #policy: HedgePolicy;
  /** The latest times until an answer began, milliseconds. */
  readonly #times: number[];
  #next = 0;
  #left: number;

  constructor(policy: HedgePolicy) {
    this.#policy = policy;
    this.#times = [policy.firstMs];
    this.#left = policy.burst;
  }

  /** A first request begins; returns how long to wait for its answer, milliseconds. */
  begin(): number {
    const { burst, share, factor, leastMs } = this.#policy;
    this.#left = Math.min(burst, this.#left + share);
    const sorted = this.#times.toSorted((a, b) => a - b);
    const late = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
    return Math.max(leastMs, factor * late);
  }

  /** Whether there may be a second request now. */
  take(): boolean {
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  note(ms: number): void {
    this.#times[this.#next] = ms;
    this.#next = (this.#next + 1) % 64;
  }
}

interface Attempt {
  controller: AbortController;
  started: number;
}

/** One read: a request, perhaps a second one; the first answer that begins is taken, the other request is aborted. */
class HedgedGet {
  readonly #inner: ObjectStore;
  readonly #key: string;
  readonly #options: GetOptions;
  readonly #pace: Pace;
  readonly #attempts = new Set<Attempt>();
  #winner: Attempt | undefined;

  constructor(inner: ObjectStore, key: string, options: GetOptions, pace: Pace) {
    this.#inner = inner;
    this.#key = key;
    this.#options = options;
    this.#pace = pace;
  }

  async run(onHedge: () => void): Promise<Answer> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    allowManyListeners(signal);
    const abort = (): void => this.#abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(
          () =>
            // An answer that lies in the socket because this process was busy is no late one: it is seen before this.
            setImmediate(() => {
              if (this.#winner || this.#attempts.size === 0 || signal?.aborted) return;
              if (!this.#pace.take()) return;
              onHedge();
              this.#start(resolve, reject);
            }),
          this.#pace.begin(),
        );
        this.#start(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  #start(resolve: (answer: Answer) => void, reject: (error: unknown) => void): void {
    const attempt: Attempt = { controller: new AbortController(), started: performance.now() };
    this.#attempts.add(attempt);
    const onPart = (bytes: Buffer, info: ObjectInfo): void => {
      if (this.#takes(attempt)) this.#options.onPart?.(bytes, info);
    };
    // Until it is known whose bytes are taken, nobody writes into the reader's memory.
    const room = (): Buffer | undefined => (this.#winner === attempt ? this.#options.room?.() : undefined);
    const options = { ...this.#options, signal: attempt.controller.signal, onPart, room };
    this.#inner.getWithInfo(this.#key, options).then(
      (answer) => {
        if (this.#takes(attempt)) resolve(answer);
      },
      (error: unknown) => {
        this.#attempts.delete(attempt);
        // While another request may still be answered, a failure decides nothing.
        if (this.#winner === attempt || this.#attempts.size === 0) reject(error);
      },
    );
  }

  /** Whether the answer is this attempt's: it is if it began first. */
  #takes(attempt: Attempt): boolean {
    if (!this.#winner) {
      this.#winner = attempt;
      this.#pace.note(performance.now() - attempt.started);
      this.#attempts.delete(attempt);
      this.#abort(new Error('another request was answered first'));
      this.#attempts.add(attempt);
    }
    return this.#winner === attempt;
  }

  #abort(reason: unknown): void {
    for (const { controller } of this.#attempts) controller.abort(reason);
  }
}

/**
 * Reads whose answer does not begin in the usual time are asked for once more, within a budget: a store of many
 * machines always has a few slow ones. Nothing but reads is repeated. `onHedge` is told of each second request.
 */
export function hedgeStore(
  inner: ObjectStore,
  policy: HedgePolicy = defaultHedgePolicy,
  onHedge: () => void = () => undefined,
): ObjectStore {
  const pace = new Pace(policy);
  const hedged = (key: string, options: GetOptions): Promise<Answer> =>
    new HedgedGet(inner, key, options, pace).run(onHedge);
  return wrapStore(inner, {
    getWithInfo: (key, options = {}) =>
      options.onPart ? hedged(key, options) : whole(options, (parts) => hedged(key, parts)),
  });
}

/** A read in parts, for who wants the whole: the parts tell when the answer begins. */
async function whole(options: GetOptions, read: (options: GetOptions) => Promise<Answer>): Promise<Answer> {
  const { range } = options;
  let bytes: Buffer | undefined;
  let filled = 0;
  const onPart = (part: Buffer, info: ObjectInfo): void => {
    bytes ??= Buffer.allocUnsafeSlow(range ? range.end - range.start : info.size);
    filled += part.copy(bytes, filled);
  };
  try {
    const { bytes: rest, info } = await read({ ...options, onPart });
    if (!bytes) return { bytes: rest, info };
    onPart(rest, info);
    return { bytes, info };
  } catch (error) {
    if (!(error instanceof BrokenBody) || !bytes) throw error;
    onPart(error.received, error.info);
    throw new BrokenBody(error.message, bytes.subarray(0, filled), error.info, { cause: error.cause });
  }
}
