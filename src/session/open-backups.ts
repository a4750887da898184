import { messageOf } from '../base/errors.ts';
import type { ReadCounts } from '../blocks/block-reader.ts';
import type { BackupSummary } from '../catalog/catalog.ts';
import { addCounts, noCounts } from './counts.ts';
import type { OpenedEngine } from './open-engine.ts';

/** How many backups stay open, so that going back to one is instant. */
const keepOpen = 3;

type Open = (backup: BackupSummary, signal?: AbortSignal) => Promise<OpenedEngine>;

/** The backups last used, most recent last. Closing one drops it; the oldest is closed when there are too many. */
export class OpenBackups {
  readonly #open: Open;
  readonly #onNotice: (notice: string) => void;
  readonly #opened = new Map<string, OpenedEngine>();
  readonly #closing = new AbortController();
  /** Backups are opened one after another, so that two who want the same one share it. */
  #turn: Promise<unknown> = Promise.resolve();
  #closedCounts: ReadCounts = noCounts;

  /** `onNotice` is told of what could not be undone when a backup was left, which stops nothing. */
  constructor(open: Open, onNotice: (notice: string) => void) {
    this.#open = open;
    this.#onNotice = onNotice;
  }

  /** The opened backup; opens it if it is not open, or no longer alive. */
  get(backup: BackupSummary, signal?: AbortSignal): Promise<OpenedEngine> {
    const opened = this.#turn.then(() => this.#get(backup, signal));
    this.#turn = opened.catch(() => undefined);
    return opened;
  }

  async #get(backup: BackupSummary, signal?: AbortSignal): Promise<OpenedEngine> {
    const { key } = backup;
    const { signal: closing } = this.#closing;
    const until = signal ? AbortSignal.any([signal, closing]) : closing;
    until.throwIfAborted();
    let opened = this.#opened.get(key);
    if (opened && !opened.alive()) {
      await this.#leave(key, opened);
      opened = undefined;
    }
    opened ??= await this.#open(backup, until);
    this.#opened.delete(key);
    this.#opened.set(key, opened);
    for (const [oldest, engine] of this.#opened) {
      if (this.#opened.size <= keepOpen) break;
      await this.#leave(oldest, engine);
    }
    return opened;
  }

  /** What the engines have read by other ways than the session's block reader. */
  async counts(): Promise<ReadCounts> {
    const open = await Promise.all([...this.#opened.values()].map((opened) => opened.counts()));
    return open.reduce(addCounts, this.#closedCounts);
  }

  /** Closes all; throws what could not be undone when all that can be closed is. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#turn;
    const ends = await Promise.allSettled([...this.#opened].map(([key, opened]) => this.#drop(key, opened)));
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [messageOf(end.reason)] : []));
    if (failures.length > 0) throw new Error(failures.join('; '));
  }

  async #leave(key: string, opened: OpenedEngine): Promise<void> {
    try {
      await this.#drop(key, opened);
    } catch (error) {
      this.#onNotice(`could not be undone: ${messageOf(error)}`);
    }
  }

  async #drop(key: string, opened: OpenedEngine): Promise<void> {
    this.#opened.delete(key);
    try {
      this.#closedCounts = addCounts(this.#closedCounts, await opened.counts());
    } finally {
      await opened.close();
    }
  }
}
