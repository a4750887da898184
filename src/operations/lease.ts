import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import { leaseKey } from '../catalog/layout.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { systemClock, type Clock } from './clock.ts';
import { describeHolder, parseHolders, writeHolders, type Holder } from './lease-record.ts';

/** How long a holding lasts without a renewal, and how often it is renewed, in milliseconds. */
export const leaseMs = 60_000;
const renewalMs = 15_000;
/** A request that was sent takes effect within this time, or its signal has stopped it. */
export const requestMs = 60_000;
/** A holder whose beat was seen to stand still this long can do nothing any more. */
const deadMs = leaseMs + requestMs;
const pollMs = 5_000;
/** How long an operation that has ended tries to give the lease back. */
const releaseMs = 10_000;

export interface LeaseOptions {
  operation: string;
  mode: Holder['mode'];
  signal?: AbortSignal | undefined;
  clock?: Clock | undefined;
  /** How long to wait for others, milliseconds. Default: long enough to tell a dead holder from a living one. */
  waitMs?: number | undefined;
  /** Told whom it waits for. */
  onNotice?: ((notice: string) => void) | undefined;
  /** Must have succeeded before the lease is written; meanwhile it is read. */
  ready?: Promise<unknown> | undefined;
}

/** Begins to read what is worked on; called again for each attempt to take the lease. */
export type Look<T> = (signal: AbortSignal | undefined) => Promise<T>;

/** A lease that was taken, and what was seen as it was. */
export interface Held<T> {
  lease: Lease;
  /**
   * What `look` found, as if it had looked under the lease: it began after nobody was seen in the way, and the put that
   * took the lease was conditional on nobody having written to it since.
   */
  seen: Promise<T>;
  /** Gives the lease back; the second call waits for the first. */
  release: () => Promise<void>;
}

/** The lease could not be renewed in time: others may hold it now. The operation may begin again. */
export class LeaseLost extends MongoqError {
  constructor(key: string) {
    super(ErrorCode.operationBusy, `the lease ${key} was lost: it could not be renewed in time`);
  }
}

/** A replica's lease while it is held. */
export interface Lease {
  /** Aborted, with LeaseLost, when the holding could not be renewed in time; also when the operation is aborted. */
  readonly signal: AbortSignal;
  /** Runs a request that must not be sent after the lease is lost; throws LeaseLost instead of sending it. */
  guard<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * Reserves an id that no other holder has: `choose` gets the ids that others have reserved and is called again if the
   * lease changed meanwhile, so that what it lists is never older than what it was told. `untouched` says that nobody
   * has written to the lease since it was taken, so that what was seen then is not older either.
   */
  reserve(choose: (reserved: string[], untouched: boolean) => Promise<string>): Promise<string>;
}

/**
 * Runs `work` while holding the replica's lease, shared or exclusive. The lease is one object, changed by conditional
 * puts only. No clocks are compared: whether a holder lives is told by its beat, watched on our own clock. Throws
 * operationBusy if others hold it for longer than `waitMs`, LeaseLost if it is lost under way.
 */
export async function withLease<T>(
  store: ObjectStore,
  replica: string,
  options: LeaseOptions,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const { lease, release } = await acquireLease(store, replica, options);
  try {
    return await work(lease);
  } finally {
    await release();
  }
}

/** As withLease, for a holder that gives the lease back itself. `look` goes on while the lease is being taken. */
export async function acquireLease<T = void>(
  store: ObjectStore,
  replica: string,
  options: LeaseOptions,
  look: Look<T> = () => Promise.resolve() as Promise<T>,
): Promise<Held<T>> {
  const held = new HeldLease(store, leaseKey(replica), options);
  const { seen } = await held.acquire(look);
  return { lease: held, seen, release: () => held.release() };
}

/** The lease object's content and version; no version if there is none. */
interface LeaseState {
  holders: Holder[];
  etag: string | undefined;
}

class HeldLease implements Lease {
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly #options: LeaseOptions;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #lost = new AbortController();
  readonly signal: AbortSignal;
  readonly #self: Holder;
  #heldUntil = 0;
  /** The lease object as this holder wrote it last; undefined once it is known to be another. */
  #written: LeaseState | undefined;
  /** The version that took the lease. */
  #taken: string | undefined;
  #keeping: Promise<unknown> | undefined;
  #released: Promise<void> | undefined;

  constructor(store: ObjectStore, key: string, options: LeaseOptions) {
    this.#store = store;
    this.#key = key;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.signal = options.signal ? AbortSignal.any([options.signal, this.#lost.signal]) : this.#lost.signal;
    this.#self = {
      id: randomUUID(),
      operation: options.operation,
      mode: options.mode,
      beat: 0,
      publishes: undefined,
      host: hostname(),
      pid: process.pid,
      since: new Date().toISOString(),
    };
  }

  async acquire<T>(look: Look<T>): Promise<{ seen: Promise<T> }> {
    const { signal, waitMs = 2 * deadMs, onNotice, ready } = this.#options;
    const start = this.#clock.now();
    const seen = new Map<string, number>();
    let told = '';
    for (;;) {
      const [{ holders, etag }] = await Promise.all([this.#read(signal), ready]);
      const now = this.#clock.now();
      const living = this.#others(holders).filter((holder) => {
        const beat = `${holder.id} ${holder.beat}`;
        if (!seen.has(beat)) seen.set(beat, now);
        return now - (seen.get(beat) ?? now) < deadMs;
      });
      const inTheWay = living.find(
        (holder) => holder.mode === 'exclusive' || this.#self.mode === 'exclusive',
      );
      if (!inTheWay) {
        const looking = look(signal);
        looking.catch(() => undefined);
        if (!(await this.#write([...living, this.#self], etag, signal))) continue;
        this.#taken = this.#written?.etag;
        this.#keeping = Promise.all([this.#renew(), this.#expire()]);
        return { seen: looking };
      }
      const who = describeHolder(inTheWay);
      if (now - start >= waitMs)
        throw new MongoqError(ErrorCode.operationBusy, `${who} holds the replica's lease`);
      if (who !== told) onNotice?.(`waiting for ${who}`);
      told = who;
      await this.#clock.sleep(Math.min(pollMs, waitMs), signal);
    }
  }

  async guard<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // The timer that aborts the signal may be late, for instance after the machine slept.
    if (this.#clock.now() >= this.#heldUntil) throw new LeaseLost(this.#key);
    this.signal.throwIfAborted();
    return request(this.signal);
  }

  async reserve(choose: (reserved: string[], untouched: boolean) => Promise<string>): Promise<string> {
    for (;;) {
      const { holders, etag } = await this.#latest(this.signal);
      this.#own(holders);
      const others = this.#others(holders);
      const reserved = others.flatMap((holder) => holder.publishes ?? []);
      const id = await choose(reserved, etag === this.#taken);
      this.#self.publishes = id;
      if (await this.#write([...others, this.#self], etag, this.signal)) return id;
    }
  }

  release(): Promise<void> {
    return (this.#released ??= this.#giveBack());
  }

  async #giveBack(): Promise<void> {
    this.#ended.abort();
    await this.#keeping;
    const signal = AbortSignal.timeout(releaseMs);
    try {
      while (!this.#lost.signal.aborted) {
        const { holders, etag } = await this.#latest(signal);
        const others = this.#others(holders);
        if (others.length === holders.length || (await this.#put(others, etag, signal))) return;
      }
    } catch {
      // Nobody is harmed: the others see that the beat stands still.
    }
  }

  async #renew(): Promise<void> {
    const stop = AbortSignal.any([this.#ended.signal, this.signal]);
    while (!stop.aborted) {
      try {
        await this.#clock.sleep(renewalMs, stop);
        for (let renewed = false; !renewed;) {
          const { holders, etag } = await this.#read(stop);
          this.#own(holders);
          renewed = await this.#write([...this.#others(holders), this.#self], etag, stop);
        }
      } catch (error) {
        if (error instanceof LeaseLost) this.#lost.abort(error);
      }
    }
  }

  async #expire(): Promise<void> {
    const stop = AbortSignal.any([this.#ended.signal, this.signal]);
    while (!stop.aborted) {
      const left = this.#heldUntil - this.#clock.now();
      if (left > 0) await this.#clock.sleep(left, stop).catch(() => undefined);
      else this.#lost.abort(new LeaseLost(this.#key));
    }
  }

  #others(holders: Holder[]): Holder[] {
    return holders.filter((holder) => holder.id !== this.#self.id);
  }

  #own(holders: Holder[]): void {
    if (!holders.some((holder) => holder.id === this.#self.id)) throw new LeaseLost(this.#key);
  }

  /**
   * What the lease object holds, without asking where our own last write is known: if it was changed since, the put
   * that is made conditional on that version fails, and the next call reads.
   */
  async #latest(signal: AbortSignal): Promise<LeaseState> {
    return this.#written ?? this.#read(signal);
  }

  async #read(signal: AbortSignal | undefined): Promise<LeaseState> {
    try {
      const { bytes, info } = await this.#store.getWithInfo(this.#key, { signal });
      return { holders: parseHolders(bytes, info.etag), etag: info.etag };
    } catch (error) {
      if (!isMongoqError(error, ErrorCode.storeNotFound)) throw error;
      return { holders: [], etag: undefined };
    }
  }

  /** Writes holders with our next beat; false if the object changed since `etag`. Holds the lease from now on. */
  async #write(
    holders: Holder[],
    etag: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    this.#self.beat++;
    const start = this.#clock.now();
    if (!(await this.#put(holders, etag, signal))) return false;
    this.#heldUntil = start + leaseMs;
    return true;
  }

  async #put(holders: Holder[], etag: string | undefined, signal: AbortSignal | undefined): Promise<boolean> {
    const condition = etag === undefined ? { ifAbsent: true } : { ifMatch: etag };
    this.#written = undefined;
    const bytes = writeHolders(holders);
    try {
      const put = await this.#store.put(this.#key, bytes, { ...condition, signal });
      this.#written = { holders: parseHolders(bytes, put.etag), etag: put.etag };
      return true;
    } catch (error) {
      if (isMongoqError(error, ErrorCode.storeConflict)) return false;
      throw error;
    }
  }
}
