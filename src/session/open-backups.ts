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
  readonly #opened = new Map<string, OpenedEngine>();
  #closedCounts: ReadCounts = noCounts;

  constructor(open: Open) {
    this.#open = open;
  }

  /** The opened backup; opens it if it is not open, or no longer alive. */
  async get(backup: BackupSummary, signal?: AbortSignal): Promise<OpenedEngine> {
    const { key } = backup;
    let opened = this.#opened.get(key);
    if (opened && !opened.alive()) {
      await this.#drop(key, opened);
      opened = undefined;
    }
    opened ??= await this.#open(backup, signal);
    this.#opened.delete(key);
    this.#opened.set(key, opened);
    for (const [oldest, engine] of this.#opened) {
      if (this.#opened.size <= keepOpen) break;
      await this.#drop(oldest, engine);
    }
    return opened;
  }

  /** What the engines have read by other ways than the session's block reader. */
  async counts(): Promise<ReadCounts> {
    const open = await Promise.all([...this.#opened.values()].map((opened) => opened.counts()));
    return open.reduce(addCounts, this.#closedCounts);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#opened].map(([key, opened]) => this.#drop(key, opened)));
  }

  async #drop(key: string, opened: OpenedEngine): Promise<void> {
    this.#opened.delete(key);
    this.#closedCounts = addCounts(this.#closedCounts, await opened.counts());
    await opened.close();
  }
}
