import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError } from '../base/errors.ts';
import type { Catalog, ListedRef } from '../catalog/catalog.ts';
import { metadataKey, statsKey } from '../catalog/layout.ts';
import { writeMetadata, writeStats, type BackupStats } from '../catalog/metadata.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Lease } from './lease.ts';
import type { Place } from './upload.ts';

/**
 * Reserves the next id: the largest numeric id plus one, from 0, counting those that other backups are about to use.
 * Ids that are no numbers do not count, as in rocks-strata. `seen` are the backups listed as the lease was taken.
 */
export function reserveId(
  catalog: Catalog,
  replica: string,
  lease: Lease,
  seen: ListedRef[],
): Promise<string> {
  return lease.reserve(async (reserved, untouched) => {
    const refs = untouched ? seen : await catalog.listRefs(replica, { signal: lease.signal });
    const ids = [...refs.map((ref) => ref.id), ...reserved].filter((id) => /^\d{1,18}$/.test(id)).map(BigInt);
    return String(ids.reduce((next, id) => (id >= next ? id + 1n : next), 0n));
  });
}

/**
 * Writes a backup's figures and then its metadata, which makes it exist. May be run again with the same ref after a
 * failure whose outcome is unknown. Throws storeConflict if another backup has this very key.
 */
export async function publish(
  { store, replica }: Place,
  ref: ListedRef,
  checkpoint: Checkpoint,
  stats: BackupStats,
  lease: Lease,
): Promise<void> {
  await lease.guard((signal) => store.put(ref.root + statsKey(ref), writeStats(stats), { signal }));
  const key = ref.root + metadataKey(ref);
  const bytes = writeMetadata({
    files: checkpoint.files,
    sourceId: replica,
    id: ref.id,
    path: checkpoint.dbPath,
    tags: null,
    time: ref.time,
  });
  try {
    await lease.guard((signal) => store.put(key, bytes, { ifAbsent: true, signal }));
  } catch (error) {
    if (!isMongoqError(error, ErrorCode.storeConflict)) throw error;
    // An earlier attempt may have succeeded although it seemed to fail.
    if (!(await store.get(key, { signal: lease.signal })).equals(bytes)) throw error;
  }
}
