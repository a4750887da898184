import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/**
 * A signal that aborts when the caller's does, or when nothing has arrived for `idleMs`: connections through NAT die
 * without a word, and a read must not hang on one.
 */
export class IdleWatch {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #follow = () => this.#controller.abort(this.#caller?.reason);

  constructor(caller: AbortSignal | undefined, idleMs: number) {
    caller?.throwIfAborted();
    this.#caller = caller;
    caller?.addEventListener('abort', this.#follow, { once: true });
    this.#timer = setTimeout(() => {
      const message = `the store sent nothing for ${idleMs / 1000} s`;
      this.#controller.abort(new MongoqError(ErrorCode.storeUnavailable, message));
    }, idleMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something arrived: the time begins anew. */
  touch(): void {
    this.#timer.refresh();
  }

  /** Must be called when the read has ended. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#follow);
  }
}
