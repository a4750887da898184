import type { Engine } from '../../src/engine/engine.ts';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { storeOf } from '../support/stores.ts';

/** With MONGOQ_TEST_SHARED_SCANS another thread does a part of every scan, however short. */
const scan = process.env['MONGOQ_TEST_SHARED_SCANS']
  ? { threads: 1, bytesAlone: 0, pieceBytes: 2 << 10 }
  : undefined;

/** Built-in engines, one a backup, opened on first use. */
export class Engines {
  readonly #open = new Map<string, Promise<OpenedBackup>>();

  /** Undefined if no store that is here has the backup. */
  async get(replica: string, backup: string): Promise<Engine | undefined> {
    const key = `${replica} ${backup}`;
    const store = storeOf(replica, backup);
    if (store === undefined) return undefined;
    let opened = this.#open.get(key);
    if (opened === undefined) {
      opened = openBackup(store, replica, backup, scan);
      this.#open.set(key, opened);
    }
    return (await opened).engine;
  }

  async close(): Promise<void> {
    for (const opened of this.#open.values()) await (await opened).close();
  }
}
