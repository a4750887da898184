import { mapParallel } from '../base/parallel.ts';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { Catalog, exactId, type ListedRef } from '../catalog/catalog.ts';
import { checkWritableReplicaId, metadataKey } from '../catalog/layout.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { OperationOptions } from './progress.ts';

/** Which backups to delete: one by its id, those older than an age in milliseconds, or all but the newest so many. */
export type DeleteSelection = { id: string } | { olderThanMs: number; now?: Date } | { keepLast: number };

export interface DeleteOptions extends OperationOptions {
  /** Only say what would be deleted. */
  dryRun?: boolean | undefined;
}

/**
 * Deletes backups by removing their metadata, after which they do not exist; their files stay until gc. It needs no
 * lease: nothing that other backups need is touched. Returns what was deleted, oldest first. Throws catalogNoReplica
 * and catalogNoBackup for an id that is not there, usage for an id that several backups have.
 */
export async function deleteBackups(
  store: ObjectStore,
  replica: string,
  selection: DeleteSelection,
  options: DeleteOptions = {},
): Promise<ListedRef[]> {
  checkWritableReplicaId(replica);
  const { signal, onNotice } = options;
  const refs = await new Catalog(store).listRefs(replica, { signal, onNotice });
  const chosen = select(replica, refs, selection);
  // A mistyped replica would be cleaned up for ever, with success.
  if (refs.length === 0) onNotice?.(`replica ${replica} has no backups in ${store.url}`);
  if (!options.dryRun)
    await mapParallel(
      chosen,
      16,
      (ref, inner) => store.delete(ref.root + metadataKey(ref), { signal: inner }),
      signal,
    );
  return chosen;
}

function select(replica: string, refs: ListedRef[], selection: DeleteSelection): ListedRef[] {
  if ('keepLast' in selection) return refs.slice(0, Math.max(0, refs.length - selection.keepLast));
  if ('olderThanMs' in selection) {
    const limit =
      BigInt((selection.now ?? new Date()).getTime()) * 1_000_000n -
      BigInt(Math.round(selection.olderThanMs * 1e6));
    return refs.filter((ref) => ref.time < limit);
  }
  if (refs.length === 0)
    throw new MongoqError(ErrorCode.catalogNoReplica, `replica ${replica} has no backups`);
  const { id } = selection;
  const chosen = refs.filter((ref) => ref.id === id || exactId(ref) === id);
  if (chosen.length > 1)
    throw new MongoqError(ErrorCode.usage, `${chosen.length} backups of ${replica} have the id ${id}`, {
      hint: `say which: ${chosen.map(exactId).join(', ')}`,
    });
  if (chosen.length === 0)
    throw new MongoqError(ErrorCode.catalogNoBackup, `replica ${replica} has no backup ${id}`);
  return chosen;
}
