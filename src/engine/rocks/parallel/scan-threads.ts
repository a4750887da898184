import { sourceOrEntryFile } from '../../../base/entry.ts';
import { startWorker } from '../../../base/start-worker.ts';
import type { Database } from '../../../rocksdb/database.ts';
import type { DatabaseFiles } from '../../../rocksdb/files.ts';
import type { Task, WorkerData } from './protocol.ts';
import { ScanThread, type TaskListener, type ThreadTask } from './scan-thread.ts';
import { defaultScanSettings, type ScanSettings } from './settings.ts';

/** Threads that nobody uses for so long are ended: each takes some 40 MiB. */
const idleMs = 30_000;

/** The worker threads of an engine: none before the first long scan, and none for long after the last. */
export class ScanThreads {
  readonly settings: ScanSettings;
  readonly #database: Database;
  readonly #files: DatabaseFiles;
  #threads: ScanThread[] = [];
  #tasks = 0;
  #timer: NodeJS.Timeout | undefined;
  /** A thread has ended by itself: no others are started. */
  #broken = false;

  constructor(database: Database, files: DatabaseFiles, settings: Partial<ScanSettings> = {}) {
    this.#database = database;
    this.#files = files;
    this.settings = { ...defaultScanSettings(), ...settings };
  }

  /** Whether there are threads to share work with, or can be. */
  get usable(): boolean {
    return this.settings.threads > 0 && !this.#broken;
  }

  /** How many threads there are. */
  get size(): number {
    return this.#threads.length;
  }

  /** Starts the threads; they take tasks as soon as they are ready. */
  start(): void {
    while (this.usable && this.#threads.length < this.settings.threads) this.#add();
    this.#rest();
  }

  /** Resolves once the threads that were started are ready, or have ended: whether all are ready. */
  async ready(): Promise<boolean> {
    const all = await Promise.all(this.#threads.map(({ ready }) => ready));
    return all.length > 0 && all.every(Boolean);
  }

  /** Gives a task to a thread that has room; undefined if none has. */
  run(task: Omit<Task, 'id'>, listener: TaskListener): ThreadTask | undefined {
    const thread = this.#threads.find(({ free }) => free);
    this.#rest();
    return thread?.run({ ...task, id: this.#tasks++ }, listener);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const threads = this.#threads;
    this.#threads = [];
    await Promise.all(threads.map((thread) => thread.close()));
  }

  #add(): void {
    const names = [...this.#files.list()];
    const files = new Map(names.map(([name, size]) => [name, { size, where: this.#files.describe(name) }]));
    const data: WorkerData = { snapshot: this.#database.snapshot, files };
    const worker = startWorker(sourceOrEntryFile('engine/rocks/parallel/scan-worker'), data);
    const thread = new ScanThread(worker, this.#files, () => {
      if (!this.#threads.includes(thread)) return;
      this.#threads = this.#threads.filter((other) => other !== thread);
      this.#broken = true;
    });
    this.#threads.push(thread);
  }

  /** Ends the threads when they have not been used for a while. */
  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#threads.every(({ idle }) => idle)) void this.close();
      else this.#rest();
    }, idleMs);
    this.#timer.unref();
  }
}
