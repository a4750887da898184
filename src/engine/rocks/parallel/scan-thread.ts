import type { Worker } from 'node:worker_threads';
import type { DatabaseFiles } from '../../../rocksdb/files.ts';
import { receivedError } from './errors.ts';
import { foundDocuments } from './found-buffer.ts';
import { maxUntaken, type FromWorker, type Task, type ToWorker } from './protocol.ts';
import type { Part } from './scan-piece.ts';

/** Told of what a task finds, in order; at the end by one of the others. */
export interface TaskListener {
  found(part: Part, bytes: number): void;
  done(): void;
  failed(error: unknown): void;
  /** The thread has ended: the task must be done elsewhere. */
  lost(): void;
}

/** A task that a thread has. */
export interface ThreadTask {
  cancel(): void;
  /** So many bytes of what it found were passed on. */
  taken(bytes: number): void;
}

/** Tasks that a thread works on at once: while one waits for bytes the other goes on. */
const tasksAtOnce = 2;

/** Why a read was not finished: nobody wanted the task any more for which it was asked. */
class Unwanted extends Error {}

interface Running {
  listener: TaskListener;
  untaken: number;
}

/** A worker thread as the main thread sees it. The process may end while it has no task. */
export class ScanThread {
  readonly ready: Promise<boolean>;
  readonly #worker: Worker;
  readonly #files: DatabaseFiles;
  readonly #tasks = new Map<number, Running>();
  #reads = new AbortController();
  readonly #readErrors = new Map<number, unknown>();
  readonly #onEnd: () => void;
  #state: 'starting' | 'ready' | 'ended' = 'starting';
  #setReady: (ready: boolean) => void = () => undefined;

  /** Starts it. `onEnd` is called when it ends, by itself or not. */
  constructor(worker: Worker, files: DatabaseFiles, onEnd: () => void) {
    this.#worker = worker;
    this.#files = files;
    this.#onEnd = onEnd;
    this.ready = new Promise((resolve) => (this.#setReady = resolve));
    worker.unref();
    worker.on('message', (message: FromWorker) => {
      this.#receive(message);
    });
    // What ends a thread is no fault of the query: others do its work. The event is heard so that it is not thrown.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      this.#ended();
    });
  }

  /** Whether it has started and has room for a task. */
  get free(): boolean {
    if (this.#state !== 'ready') return false;
    let busy = 0;
    // A task that waits for its results to be taken, perhaps by a cursor that nobody reads, leaves its place to others.
    for (const { untaken } of this.#tasks.values()) if (untaken <= maxUntaken) busy++;
    return busy < tasksAtOnce;
  }

  get idle(): boolean {
    return this.#tasks.size === 0;
  }

  run(task: Task, listener: TaskListener): ThreadTask {
    const { id } = task;
    const running = { listener, untaken: 0 };
    if (this.#tasks.size === 0) this.#worker.ref();
    this.#tasks.set(id, running);
    this.#post({ kind: 'run', task });
    return {
      cancel: () => {
        if (!this.#forget(id)) return;
        this.#post({ kind: 'cancel', id });
        if (this.#tasks.size === 0) this.#endReads();
      },
      taken: (bytes) => {
        running.untaken -= bytes;
        if (this.#tasks.has(id)) this.#post({ kind: 'taken', id, bytes });
      },
    };
  }

  async close(): Promise<void> {
    this.#reads.abort(new Error('the thread has ended'));
    await this.#worker.terminate();
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ready') {
      this.#state = 'ready';
      this.#setReady(true);
    } else if (message.kind === 'read') void this.#read(message);
    else this.#report(message);
  }

  #report(message: Exclude<FromWorker, { kind: 'ready' | 'read' }>): void {
    const running = this.#tasks.get(message.id);
    if (!running) return;
    const { listener } = running;
    if (message.kind === 'found') {
      const { scanned, matched, bytes } = message.found;
      running.untaken += bytes.length;
      listener.found({ scanned, matched, documents: foundDocuments(bytes) }, bytes.length);
      return;
    }
    const error = message.kind === 'failed' ? receivedError(message.error, this.#readErrors) : undefined;
    this.#forget(message.id);
    if (message.kind === 'done') listener.done();
    else listener.failed(error);
  }

  async #read({ read, name, start, end }: Extract<FromWorker, { kind: 'read' }>): Promise<void> {
    const range = { start, end };
    try {
      const { signal } = this.#reads;
      if (this.#tasks.size === 0) throw new Unwanted();
      const stored = this.#files.peek?.(name, range) ?? (await this.#files.read(name, range, { signal }));
      // A copy: it may be a view of a cache, and what is transferred is gone.
      const bytes = new Uint8Array(stored).buffer;
      this.#post({ kind: 'bytes', read, bytes }, [bytes]);
    } catch (error) {
      const unwanted = error instanceof Unwanted;
      if (!unwanted) this.#readErrors.set(read, error);
      this.#post({ kind: 'bytes', read, bytes: undefined, unwanted });
    }
  }

  /** Nothing more is to come from the store for what was cancelled. */
  #endReads(): void {
    this.#reads.abort(new Unwanted());
    this.#reads = new AbortController();
  }

  #forget(id: number): boolean {
    const known = this.#tasks.delete(id);
    if (known && this.#tasks.size === 0) {
      this.#readErrors.clear();
      this.#worker.unref();
    }
    return known;
  }

  #ended(): void {
    this.#state = 'ended';
    this.#setReady(false);
    const lost = [...this.#tasks.values()];
    this.#tasks.clear();
    this.#onEnd();
    for (const { listener } of lost) listener.lost();
  }

  #post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
