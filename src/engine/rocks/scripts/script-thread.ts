import type { Worker } from 'node:worker_threads';
import { sourceOrEntryFile } from '../../../base/entry.ts';
import { startWorker } from '../../../base/start-worker.ts';
import { CommandError } from '../../../query/errors.ts';
import { receivedError } from '../parallel/errors.ts';
import type { ScriptAnswer, ScriptQuestion } from './protocol.ts';

interface Waiting {
  resolve: (answer: Exclude<ScriptAnswer, { kind: 'failed' }>) => void;
  reject: (error: unknown) => void;
}

/** A thread that runs scripts, as the main thread sees it. The process may end while nothing is asked. */
export class ScriptThread {
  readonly #worker: Worker;
  #waiting: Waiting | undefined;
  #ended = false;

  constructor() {
    this.#worker = startWorker(sourceOrEntryFile('engine/rocks/scripts/script-worker'));
    this.#worker.unref();
    this.#worker.on('message', (answer: ScriptAnswer) => {
      const waiting = this.#answered();
      if (answer.kind === 'failed') waiting?.reject(receivedError(answer.error, new Map()));
      else waiting?.resolve(answer);
    });
    // Heard so that it is not thrown; `exit` follows.
    this.#worker.on('error', () => undefined);
    this.#worker.on('exit', () => {
      this.#ended = true;
      const error = new CommandError(139, 'JSInterpreterFailure', 'the thread that ran the script has ended');
      this.#answered()?.reject(error);
    });
  }

  /** It has ended, by itself or not. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Throws what the script does, 139 if the thread ends, and the signal's reason, upon which it ends. */
  async ask(
    question: ScriptQuestion,
    signal: AbortSignal,
  ): Promise<Exclude<ScriptAnswer, { kind: 'failed' }>> {
    signal.throwIfAborted();
    const stop = (): void => {
      this.#answered()?.reject(signal.reason);
      this.close();
    };
    signal.addEventListener('abort', stop);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
        this.#worker.ref();
        this.#worker.postMessage(question);
      });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends it, in the middle of a script too. */
  close(): void {
    this.#ended = true;
    void this.#worker.terminate();
  }

  #answered(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#worker.unref();
    return waiting;
  }
}
