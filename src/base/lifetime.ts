import { messageOf } from './errors.ts';

interface Deferred {
  name: string;
  stop: () => void | Promise<void>;
  limitMs: number;
}

/**
 * What must be undone when something ends: stops are run last-in-first-out, once, each within its time limit.
 * One failing stop does not keep the others from running; what could not be undone is returned as sentences.
 */
export class Lifetime implements AsyncDisposable {
  readonly #stops: Deferred[] = [];
  #closing: Promise<string[]> | undefined;

  /** Registers `stop`; `name` is what the user reads when it fails ("the mount at /run/..."). */
  defer(name: string, stop: () => void | Promise<void>, limitMs = 10_000): void {
    if (this.#closing) throw new Error(`${name} was started after its owner had ended`);
    this.#stops.push({ name, stop, limitMs });
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Undoes everything. Further calls return the first call's result: a sentence per thing that could not be undone. */
  close(): Promise<string[]> {
    return (this.#closing ??= this.#run());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<string[]> {
    const failures: string[] = [];
    for (let next = this.#stops.pop(); next; next = this.#stops.pop()) {
      const { name, stop, limitMs } = next;
      try {
        await withLimit(stop, limitMs);
      } catch (error) {
        failures.push(`${name}: ${messageOf(error)}`);
      }
    }
    return failures;
  }
}

async function withLimit(stop: () => void | Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`did not end within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    await Promise.race([Promise.resolve(stop()), limit]);
  } finally {
    clearTimeout(timer);
  }
}
