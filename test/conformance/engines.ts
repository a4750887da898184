import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../../src/engine/engine.ts';
import { openBackup } from '../support/open-backup.ts';

const root = path.join(import.meta.dirname, '../..');

/** The stores inside the project, and the larger set beside it where there is one. */
const stores = ['sample', 'test/fixtures/store', '../shared/fixtures/store', '../shared/fixtures/bench-store']
  .map((folder) => path.join(root, folder))
  .filter((folder) => existsSync(folder));

/** The store that holds a replica, or undefined if it is in none that is here. */
export function storeOf(replica: string, backup: string): string | undefined {
  return stores.find((store) => hasBackup(store, replica, backup));
}

function hasBackup(store: string, replica: string, backup: string): boolean {
  const folder = path.join(store, 'metadata', replica);
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(`${backup}_`));
}

/** Built-in engines, one a backup, opened on first use. */
export class Engines {
  readonly #open = new Map<string, Promise<Engine>>();

  /** Undefined if no store that is here has the backup. */
  async get(replica: string, backup: string): Promise<Engine | undefined> {
    const key = `${replica} ${backup}`;
    const store = storeOf(replica, backup);
    if (store === undefined) return undefined;
    let engine = this.#open.get(key);
    if (engine === undefined) {
      engine = openBackup(store, replica, backup).then((opened) => opened.engine);
      this.#open.set(key, engine);
    }
    return engine;
  }

  async close(): Promise<void> {
    for (const engine of this.#open.values()) await (await engine).close();
  }
}
