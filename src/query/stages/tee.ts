import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';

/** One reader of a Tee. */
export interface TeeConsumer {
  readonly batches: Batches;
  /** Says that no more is read; must be called in the end, also after an error. */
  end: () => void;
}

/**
 * Gives the same batches to several consumers that run at the same time. A batch is read once all of those that have not ended
 * ask for it, so no more than one is held.
 */
export class Tee {
  readonly #source: AsyncIterator<Value[]>;
  #active: number;
  #waiting: { resolve: (batch: Value[] | undefined) => void; reject: (error: unknown) => void }[] = [];

  /** `consumer` must then be called `consumers` times. */
  constructor(input: Batches, consumers: number) {
    this.#source = input[Symbol.asyncIterator]();
    this.#active = consumers;
  }

  consumer(): TeeConsumer {
    let ended = false;
    return {
      batches: this.#batches(),
      end: () => {
        if (ended) return;
        ended = true;
        this.#active--;
        this.#pull();
      },
    };
  }

  /** Ends the source. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async *#batches(): Batches {
    for (;;) {
      const batch = await new Promise<Value[] | undefined>((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
        this.#pull();
      });
      if (batch === undefined) return;
      yield batch;
    }
  }

  #pull(): void {
    if (this.#waiting.length === 0 || this.#waiting.length < this.#active) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#source.next().then(
      (result) => {
        for (const { resolve } of waiting) resolve(result.done === true ? undefined : result.value);
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
      },
    );
  }
}
