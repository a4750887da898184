import type { Worker } from 'node:worker_threads';
import { sourceOrEntryFile } from '../base/entry.ts';
import { startWorker } from '../base/start-worker.ts';

/** Places in what is shared with the thread: whether the user's code runs, and whether this thread has answered. */
export const evaluating = 0;
export const answered = 1;

export type FromWatch = 'ready' | 'signal';

/**
 * Lets SIGINT, SIGTERM and SIGHUP of the terminal end an endless loop of the user's code also after its first `await`, where nothing else
 * can (loop-watch.ts). The code that is ended so never returns: the promise of its result stays pending.
 */
export class LoopBreaker {
  readonly #state = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  /** Resolves once signals are heard, or can't be. */
  readonly ready: Promise<void>;
  readonly #exited: Promise<void>;

  constructor() {
    const worker = startWorker(sourceOrEntryFile('shell/loop-watch'), this.#state.buffer);
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.on('exit', () => resolve()));
    const ready = new Promise<void>((resolve) => {
      worker.on('message', (message: FromWatch) => {
        if (message === 'ready') resolve();
        else Atomics.store(this.#state, answered, 1);
      });
      // Heard so that it is not thrown: the shell does without the thread then.
      worker.on('error', () => resolve());
    });
    this.ready = Promise.race([ready, this.#exited]);
    worker.unref();
  }

  /** The user's code runs from now until `end`, and may be ended. */
  begin(): void {
    Atomics.store(this.#state, evaluating, 1);
  }

  end(): void {
    Atomics.store(this.#state, evaluating, 0);
  }

  /** Ends the thread and its child process. */
  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage('end');
    await this.#exited;
  }
}
