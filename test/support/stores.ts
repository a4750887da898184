import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The project's folder. */
export const root = path.join(import.meta.dirname, '../..');

/** The stores inside the project, and the larger set beside it where there is one. */
export const stores = [
  'sample',
  'test/fixtures/store',
  '../shared/fixtures/store',
  '../shared/fixtures/bench-store',
]
  .map((folder) => path.join(root, folder))
  .filter((folder) => existsSync(folder));

/** Why a test is skipped that needs a backup of the larger set. */
export const notHere = 'the larger set of backups (../shared/fixtures) is not beside the project';

/** The store that holds a backup, or undefined if it is in none that is here. */
export function storeOf(replica: string, backup: string): string | undefined {
  return stores.find((store) => backupIds(store, replica).includes(backup));
}

function backupIds(store: string, replica: string): string[] {
  const folder = path.join(store, 'metadata', replica);
  return existsSync(folder) ? readdirSync(folder).map((name) => name.slice(0, name.lastIndexOf('_'))) : [];
}
