import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import { mapParallel } from '../base/parallel.ts';
import { Catalog, exactId, type ListedRef } from '../catalog/catalog.ts';
import { checkWritableReplicaId, leaseKey, metadataKey, parseDataKey, statsKey } from '../catalog/layout.ts';
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts';
import type { Clock } from './clock.ts';
import { withLease, type Lease } from './lease.ts';
import { PhaseProgress, type OperationOptions } from './progress.ts';

export interface GcOptions extends OperationOptions {
  /** Only say what would be removed. */
  dryRun?: boolean | undefined;
  /**
   * Objects that no backup needs are kept until they are this old, milliseconds: a backup that takes no lease
   * (rocks-strata's) may be about to list them. Default a day.
   */
  graceMs?: number | undefined;
  clock?: Clock | undefined;
  waitMs?: number | undefined;
}

export interface GcResult {
  /** Objects removed, or with dryRun to be removed: data files, MD5s, figures, leftovers. */
  removed: { key: string; size: number }[];
  removedBytes: number;
  /** Data files that backups need. */
  needed: number;
  /** Objects that no backup needs and that are younger than the grace period. */
  young: number;
}

/** Keys removed between two looks at which backups exist. */
const batchSize = 256;
const deletesAtOnce = 16;

/**
 * Removes what no backup of the replica needs: data files, their MD5s, figures, and `.tmp` leftovers. Holds the lease
 * alone, so no backup of mongoq is under way; before each batch it looks again for new backups, because rocks-strata's
 * take no lease. Throws catalogMetadata, before anything is removed, if a backup's metadata cannot be read: what that
 * backup needs is not known. Throws operationBusy while somebody else holds the lease.
 */
export async function gc(store: ObjectStore, replica: string, options: GcOptions = {}): Promise<GcResult> {
  checkWritableReplicaId(replica);
  return withLease(store, replica, { operation: 'gc', mode: 'exclusive', ...options }, async (lease) => {
    // The lease was written a moment ago: its time is the store's own clock, whatever ours says.
    const now = (await store.head(leaseKey(replica), { signal: lease.signal })).modified.getTime();
    const oldest = now - (options.graceMs ?? 24 * 3_600_000);
    // First what there is, then what is needed: a backup that appears in between is among the needed.
    const found = await listReplica(store, replica, lease.signal);
    const needs = new Needs(new Catalog(store), replica, lease.signal);
    await needs.refresh();
    const unneeded = found.filter((object) => !needs.has(object.key));
    const garbage = ripe(unneeded, oldest);
    if (!options.dryRun) {
      const progress = new PhaseProgress(options.progress, 'remove', {
        files: garbage.length,
        bytes: sizeOf(garbage),
      });
      // Files before their MD5s, so that a file that is still there after a failure has one.
      for (const part of [garbage.filter(isDataFile), garbage.filter((object) => !isDataFile(object))])
        await remove(store, part, needs, lease, progress);
    }
    const removed = garbage.filter((object) => !needs.has(object.key));
    return {
      removed: removed.map(({ key, size }) => ({ key, size })),
      removedBytes: sizeOf(removed),
      needed: needs.files,
      young: unneeded.length - garbage.length,
    };
  });
}

/** Everything under the replica's folders that may be garbage; of metadata only what rocks-strata left half-written. */
async function listReplica(store: ObjectStore, replica: string, signal: AbortSignal): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  for (const root of store.roots) {
    for (const folder of ['', 'file_metadata/', 'stats/', 'metadata/'])
      for await (const object of store.list(`${root}${folder}${replica}/`, { signal }))
        if (folder !== 'metadata/' || object.key.endsWith('.tmp')) found.push(object);
  }
  return found;
}

/** What is old enough to be removed; an MD5 stays for as long as its file does. */
function ripe(unneeded: ObjectInfo[], oldest: number): ObjectInfo[] {
  const old = (object: ObjectInfo): boolean => object.modified.getTime() <= oldest;
  const kept = new Set(unneeded.filter((object) => !old(object)).map((object) => object.key));
  return unneeded.filter((object) => old(object) && !kept.has(object.key.replace('file_metadata/', '')));
}

function isDataFile({ key }: ObjectInfo): boolean {
  return parseDataKey(key.replace(/^\//, '')) !== undefined;
}

async function remove(
  store: ObjectStore,
  garbage: ObjectInfo[],
  needs: Needs,
  lease: Lease,
  progress: PhaseProgress,
): Promise<void> {
  for (let at = 0; at < garbage.length; at += batchSize) {
    await needs.refresh();
    const batch = garbage.slice(at, at + batchSize).filter((object) => !needs.has(object.key));
    await mapParallel(
      batch,
      deletesAtOnce,
      async ({ key, size }) => {
        await lease.guard((signal) => store.delete(key, { signal }));
        progress.bytes(size);
        progress.file();
      },
      lease.signal,
    );
  }
}

/** The keys that the backups of a replica need; each backup is read once. */
class Needs {
  readonly #catalog: Catalog;
  readonly #replica: string;
  readonly #signal: AbortSignal;
  readonly #keys = new Set<string>();
  readonly #known = new Set<string>();
  files = 0;

  constructor(catalog: Catalog, replica: string, signal: AbortSignal) {
    this.#catalog = catalog;
    this.#replica = replica;
    this.#signal = signal;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Adds what backups need that were not there before. */
  async refresh(): Promise<void> {
    const refs = await this.#catalog.listRefs(this.#replica, { signal: this.#signal });
    const fresh = refs.filter((ref) => !this.#known.has(ref.root + exactId(ref)));
    await mapParallel(fresh, 8, (ref, signal) => this.#add(ref, signal), this.#signal);
  }

  async #add(ref: ListedRef, signal: AbortSignal): Promise<void> {
    let backup;
    try {
      backup = await this.#catalog.loadRef(ref, { signal });
    } catch (error) {
      if (isMongoqError(error, ErrorCode.catalogNoBackup)) return;
      if (!isMongoqError(error, ErrorCode.catalogMetadata, ErrorCode.catalogReplicaId)) throw error;
      throw new MongoqError(error.code, `${error.message}; nothing more was removed`, {
        hint: `repair or delete ${ref.root}${metadataKey(ref)} first`,
        cause: error,
      });
    }
    this.#known.add(ref.root + exactId(ref));
    this.#keys.add(ref.root + statsKey(ref));
    for (const { key } of [...backup.files, ...backup.duplicates]) {
      if (!this.#keys.has(key)) this.files++;
      this.#keys.add(key);
      this.#keys.add(ref.root + 'file_metadata/' + key.slice(ref.root.length));
    }
  }
}

function sizeOf(objects: { size: number }[]): number {
  return objects.reduce((sum, object) => sum + object.size, 0);
}
