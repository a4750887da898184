import { type ChildProcess, fork } from 'node:child_process';
import { ErrorCode } from '../base/error-codes.ts';
import { entryFile } from '../base/entry.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import type { ReadCounts } from '../blocks/block-reader.ts';
import { parseStoreUrl } from '../store/store-url.ts';
import { unavailable, whyNoMount } from './available.ts';
import { refuseOverlap } from './overlap.ts';
import { probeReadOnly } from './probe.ts';
import type { StartMessage, ToChild, ToParent } from './protocol.ts';
import { unmount } from './unmount.ts';

export interface MountOptions extends Omit<StartMessage, 'type'> {
  /** Told of reads that failed, and once when the mount process ends unasked. */
  onNotice?: ((notice: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A backup's files under a directory, served by a process of their own until `close`. */
export interface Mount {
  readonly path: string;
  /** False once the mount process has ended. */
  readonly alive: boolean;
  /** Settles when the mount process ends, asked or unasked. */
  readonly ended: Promise<void>;
  /** What serving it has cost; the last known after the end. */
  counts(): Promise<ReadCounts>;
  close(): Promise<void>;
}

/**
 * For a heap of a few MB beside 100 MB of buffers: V8 takes each 64 MB of new buffers for a reason to mark the whole heap
 * bit by bit, which took a fifth of the CPU time of reading a file in order; at one go it takes some milliseconds.
 */
const garbageCollection = [
  '--no-incremental-marking',
  '--min-semi-space-size=16',
  '--max-semi-space-size=32',
];

/** How long the mount process may take to end when asked, milliseconds. */
const stopLimitMs = 5000;

/**
 * Mounts files read-only and proves that they are. FUSE runs in a child process, so that nothing which keeps this one
 * busy can stall whoever reads the mount. Throws mountUnavailable, mountWritable, mountDied, or the store's errors.
 */
export async function startMount(options: MountOptions): Promise<Mount> {
  const missing = await whyNoMount();
  if (missing) throw missing;
  await refuseOverlap(options.mountpoint, directoriesOf(options));
  const child = fork(entryFile('mount/mount-process'), [], {
    serialization: 'advanced',
    execArgv: garbageCollection,
    // Ctrl-C in the terminal is for the shell, and goes to every process of its group.
    detached: true,
  });
  const mount = new MountProcess(child, options);
  const abort = (): void => void mount.close();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    options.signal?.throwIfAborted();
    await mount.start(options);
    await probeReadOnly(options.mountpoint);
    options.signal?.throwIfAborted();
    return mount;
  } catch (error) {
    await mount.close();
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

/** The mount process, from outside. It is told what to do by `start`, and must be closed however that ends. */
export class MountProcess implements Mount {
  readonly path: string;
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #onNotice: (notice: string) => void;
  readonly #asked = new Map<number, (counts: ReadCounts) => void>();
  #counts: ReadCounts = { requests: 0, bytesFetched: 0, bytesUsed: 0, hits: 0, waitedMs: 0 };
  #nextId = 1;
  #closing: Promise<void> | undefined;
  #mounted = false;

  constructor(child: ChildProcess, { mountpoint, onNotice }: MountOptions) {
    this.path = mountpoint;
    this.#child = child;
    this.#onNotice = onNotice ?? (() => undefined);
    this.ended = endOf(child).then(() => this.#exited());
    child.on('message', (message) => this.#receive(message as ToParent));
  }

  get alive(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Resolves when the files are there. Throws mountDied, or what the process says. */
  start({ mountpoint, files, store, cache }: MountOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.on('message', (message) => {
        const answer = message as ToParent;
        if (answer.type === 'mounted') {
          this.#mounted = true;
          resolve();
        } else if (answer.type === 'failed') reject(failure(answer));
      });
      this.#child.once('error', (error) => reject(died(`before it had begun: ${messageOf(error)}`)));
      void this.ended.then(() => reject(died('before it had mounted anything')));
      this.#send({ type: 'start', mountpoint, files, store, cache });
    });
  }

  counts(): Promise<ReadCounts> {
    if (!this.alive) return Promise.resolve(this.#counts);
    return new Promise((resolve) => {
      const id = this.#nextId++;
      this.#asked.set(id, resolve);
      this.#send({ type: 'counts', id });
    });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    if (this.alive) {
      this.#send({ type: 'stop' });
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopLimitMs);
      await this.ended;
      clearTimeout(timer);
    }
    await unmount(this.path);
  }

  async #exited(): Promise<void> {
    for (const resolve of this.#asked.values()) resolve(this.#counts);
    this.#asked.clear();
    if (!this.#closing && this.#mounted) this.#onNotice(died('and the files under it are gone').message);
    // A process that was killed leaves its mount behind, on which every access fails.
    await unmount(this.path).catch(() => undefined);
  }

  #receive(message: ToParent): void {
    if (message.type === 'counts') {
      this.#counts = message.counts;
      this.#asked.get(message.id)?.(message.counts);
      this.#asked.delete(message.id);
    } else if (message.type === 'readFailed') {
      this.#onNotice(`reading ${message.path} failed: ${message.message}`);
    }
  }

  #send(message: ToChild): void {
    // A child that is gone shows by its exit.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

/** Resolves when a process has ended, or could not be started, of which only an error tells. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.on('error', () => {
      if (child.pid === undefined) resolve();
    });
  });
}

function failure({ code, message, hint }: Extract<ToParent, { type: 'failed' }>): MongoqError {
  const known = Object.values(ErrorCode).find((one) => one === code);
  return known === undefined ? unavailable(message) : new MongoqError(known, message, { hint });
}

function died(how: string): MongoqError {
  return new MongoqError(ErrorCode.mountDied, `the mount process ended ${how}`);
}

function directoriesOf({ store, cache }: MountOptions): string[] {
  const location = parseStoreUrl(store.url);
  return [
    ...(location.kind === 'directory' ? [location.directory] : []),
    ...(cache.diskCache === undefined ? [] : [cache.diskCache.directory]),
  ];
}
