import { documentOf } from '../../../bson/value.ts';
import { parseCollation } from '../../../query/collation.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { compileQuery } from '../query/compiled-query.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import { sentError } from './errors.ts';
import { FoundBuffer } from './found-buffer.ts';
import { narrow } from './narrow.ts';
import { asBuffer, maxUntaken, type FromWorker, type Task } from './protocol.ts';
import { scanPiece } from './scan-piece.ts';

/** What is found goes to the main thread in parts of about so many bytes. */
const partBytes = 256 << 10;

/** One piece of a scan in a worker. */
export class WorkerTask {
  readonly #database: Database;
  readonly #task: Task;
  readonly #send: (message: FromWorker, transfer?: ArrayBuffer[]) => void;
  readonly #abort = new AbortController();
  readonly #found = new FoundBuffer();
  #untaken = 0;
  #resume: () => void = () => undefined;

  constructor(database: Database, task: Task, send: (message: FromWorker, transfer?: ArrayBuffer[]) => void) {
    this.#database = database;
    this.#task = task;
    this.#send = send;
  }

  /** Scans, and sends what it finds, then that it is done or has failed. Never rejects. */
  async run(): Promise<void> {
    const { id } = this.#task;
    try {
      await this.#scan();
      this.#flush();
      this.#send({ kind: 'done', id });
    } catch (error) {
      // What was found before belongs before the error.
      this.#flush();
      this.#send({ kind: 'failed', id, error: sentError(error) });
    }
  }

  get cancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  cancel(): void {
    this.#abort.abort(new Error('the scan has ended'));
    this.#resume();
  }

  /** The main thread has passed on so many bytes of what was sent. */
  taken(bytes: number): void {
    this.#untaken -= bytes;
    if (this.#untaken <= maxUntaken) this.#resume();
  }

  async #scan(): Promise<void> {
    const { work, lower, upper } = this.#task;
    const { signal } = this.#abort;
    const collator = work.collation && parseCollation(documentOf(asBuffer(work.collation)));
    const query = compileQuery(documentOf(asBuffer(work.filter)), undefined, collator);
    const options = { range: { lower: asBuffer(lower), upper: asBuffer(upper) }, eager: true, signal };
    const prefix = asBuffer(work.prefix);
    const parts = scanPiece(this.#database, prefix, query.matches, options, newScanCounts());
    for await (const part of narrow(parts, work.give, query, signal)) {
      this.#found.count(part.scanned, part.matched);
      this.#found.add(part.documents);
      if (this.#found.size < partBytes) continue;
      this.#flush();
      while (this.#untaken > maxUntaken && !signal.aborted) {
        await new Promise<void>((resolve) => (this.#resume = resolve));
      }
    }
  }

  #flush(): void {
    const found = this.#found.take();
    this.#untaken += found.bytes.length;
    this.#send({ kind: 'found', id: this.#task.id, found }, [found.bytes.buffer as ArrayBuffer]);
  }
}
