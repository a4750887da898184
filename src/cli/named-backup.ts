import { Catalog } from '../catalog/catalog.ts';
import { selectBackup } from '../session/select-backup.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** The id of the backup that `latest`, `first` or a date means; anything else as it is, to be looked for by whoever needs it. */
export async function backupId(
  words: string,
  { store, replica, signal }: { store: ObjectStore; replica: string; signal: AbortSignal },
): Promise<string> {
  if (/^\d+$/.test(words)) return words;
  const backups = await new Catalog(store).listBackups(replica, { signal, stats: 'none' });
  return selectBackup(backups, words)?.backup.id ?? words;
}
