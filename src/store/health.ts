import { isMongoqError } from '../base/errors.ts';
import { StoreFault } from './store-fault.ts';

/** What is told of a store that fails. */
export type Failing = Readonly<Pick<StoreHealth, 'failingSince' | 'reason'>>;

/** Whether a store answers, for whoever waits for it; retry.ts tells how the attempts go. */
export class StoreHealth {
  /** Since when every attempt has failed and is repeated: performance.now(), milliseconds. Undefined while attempts succeed. */
  failingSince: number | undefined;
  /** What the last attempt failed by, in a few words; '' where that is not known. */
  reason = '';
  /** Whether anything has ever come back. */
  answered = false;
  #repeating = 0;

  /** An attempt has succeeded; `repeated` if others of the same work had failed. */
  succeeded(repeated: boolean): void {
    this.answered = true;
    if (repeated) this.#repeating--;
    this.failingSince = undefined;
  }

  /** An attempt has failed and is to be repeated; `first` if no other of the same work had failed. */
  failed(error: unknown, first: boolean): void {
    if (first) this.#repeating++;
    this.hear(error);
    this.failingSince ??= performance.now();
    // There is one line for it.
    this.reason =
      error instanceof StoreFault ? error.reason.replace(/^(cannot be reached|failed): /, '') : '';
  }

  /** Work whose attempts had failed has ended without success. */
  ended(): void {
    if (--this.#repeating === 0) this.failingSince = undefined;
  }

  /** Whatever is no lack of an answer is one. */
  hear(error: unknown): void {
    if (error instanceof StoreFault ? error.answered : isMongoqError(error)) this.answered = true;
  }
}
