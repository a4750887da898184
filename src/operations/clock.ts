import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Time as the operations see it; tests give a clock of their own. */
export interface Clock {
  /** Milliseconds that only go forward, also while the machine sleeps; the origin means nothing. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  // Unlike performance.now(), which stands still while the machine is suspended.
  now: () => uptime() * 1000,
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
