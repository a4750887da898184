import type { DatabaseFiles, FileRange } from '../../../rocksdb/files.ts';
import { FailedRead } from './errors.ts';
import type { FromWorker, ToWorker, WorkerData } from './protocol.ts';

/** Bytes that were announced and asked for before they were needed. */
interface Ahead {
  name: string;
  range: FileRange;
  bytes: Promise<Buffer>;
}

/** A read that the main thread has been asked for. */
interface Waiting {
  name: string;
  start: number;
  end: number;
  resolve: (bytes: Buffer) => void;
  reject: (error: Error) => void;
}

/** What may be on its way or wait to be used, in bytes; the oldest goes, since whoever announced it may have ended. */
const maxAheadBytes = 32 << 20;

/** In a worker: the files of the database, whose bytes the main thread reads. That alone asks the store. */
export class RemoteFiles implements DatabaseFiles {
  readonly #files: WorkerData['files'];
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #send: (message: FromWorker) => void;
  readonly #isWanted: () => boolean;
  readonly #waiting = new Map<number, Waiting>();
  #ahead: Ahead[] = [];
  #aheadBytes = 0;
  #reads = 0;

  /** `isWanted` tells whether there is a task that was not cancelled. */
  constructor(files: WorkerData['files'], send: (message: FromWorker) => void, isWanted: () => boolean) {
    this.#isWanted = isWanted;
    this.#files = files;
    this.#sizes = new Map([...files].map(([name, { size }]) => [name, size]));
    this.#send = send;
  }

  list(): ReadonlyMap<string, number> {
    return this.#sizes;
  }

  describe(name: string): string {
    return this.#files.get(name)?.where ?? name;
  }

  /** Throws FailedRead. */
  async read(name: string, range: FileRange): Promise<Buffer> {
    const parts: Promise<Buffer>[] = [];
    for (let at = range.start; at < range.end;) {
      const { bytes, end } = this.#from(name, at, range.end);
      parts.push(bytes);
      at = end;
    }
    const [only, ...others] = await Promise.all(parts);
    return only && others.length === 0 ? only : Buffer.concat([only ?? Buffer.alloc(0), ...others]);
  }

  prefetch(name: string, ranges: FileRange[]): boolean {
    for (const range of ranges) {
      const size = range.end - range.start;
      if (size <= 0 || size > maxAheadBytes) continue;
      for (
        let [oldest] = this.#ahead;
        oldest && this.#aheadBytes + size > maxAheadBytes;
        [oldest] = this.#ahead
      )
        this.#drop(oldest);
      const bytes = this.#ask(name, range);
      // It shows at the read that needs the bytes.
      bytes.catch(() => undefined);
      this.#ahead.push({ name, range, bytes });
      this.#aheadBytes += size;
    }
    return true;
  }

  /** Forgets what was announced: those who did so have ended. */
  forgetAhead(): void {
    this.#ahead = [];
    this.#aheadBytes = 0;
  }

  /** Takes the main thread's answer to a read. */
  answer({ read, bytes, unwanted }: Extract<ToWorker, { kind: 'bytes' }>): void {
    const waiting = this.#waiting.get(read);
    this.#waiting.delete(read);
    if (bytes) waiting?.resolve(Buffer.from(bytes));
    // A task that came meanwhile may wait for it too.
    else if (unwanted && waiting && this.#isWanted()) this.#request(waiting);
    else waiting?.reject(new FailedRead(read));
  }

  /** The bytes from `at` on, and where they end: `end`, or where what was announced begins or ends. */
  #from(name: string, at: number, end: number): { bytes: Promise<Buffer>; end: number } {
    let next = end;
    for (const ahead of this.#ahead) {
      const { range } = ahead;
      if (ahead.name !== name || range.end <= at) continue;
      if (range.start > at) {
        next = Math.min(next, range.start);
        continue;
      }
      const stop = Math.min(end, range.end);
      if (stop === range.end) this.#drop(ahead);
      const bytes = ahead.bytes.then(
        (all) => all.subarray(at - range.start, stop - range.start),
        // Who announced it may have been cancelled, and with it the read.
        () => this.#ask(name, { start: at, end: stop }),
      );
      return { bytes, end: stop };
    }
    return { bytes: this.#ask(name, { start: at, end: next }), end: next };
  }

  #drop(ahead: Ahead): void {
    this.#ahead = this.#ahead.filter((other) => other !== ahead);
    this.#aheadBytes -= ahead.range.end - ahead.range.start;
  }

  #ask(name: string, { start, end }: FileRange): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#request({ name, start, end, resolve, reject });
    });
  }

  #request(waiting: Waiting): void {
    const read = this.#reads++;
    this.#waiting.set(read, waiting);
    const { name, start, end } = waiting;
    this.#send({ kind: 'read', read, name, start, end });
  }
}
