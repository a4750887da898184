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
 * take no lease. A dry run takes no lease and writes nothing. Throws catalogNoReplica if there is nothing of the replica,
 * catalogMetadata, before anything is removed, if a backup's metadata cannot be read: what that backup needs is not known.
 * Throws operationBusy while somebody else holds the lease.
 */
export async function gc(store: ObjectStore, replica: string, options: GcOptions = {}): Promise<GcResult> {
  checkWritableReplicaId(replica);
  const { signal = new AbortController().signal } = options;
  const exists = checkReplica(store, replica, signal);
  if (options.dryRun) {
    await exists;
    // Without a write nothing tells the store's time; minutes do not matter here.
    return summary(await findGarbage(store, replica, Date.now(), signal, options));
  }
  const leasing = { operation: 'gc', mode: 'exclusive', ready: exists, ...options } as const;
  return withLease(store, replica, leasing, async (lease) => {
    // The lease was written a moment ago: its time is the store's own clock, whatever ours says.
    const now = (await store.head(leaseKey(replica), { signal: lease.signal })).modified.getTime();
    const found = await findGarbage(store, replica, now, lease.signal, options);
    const { garbage, needs } = found;
    const progress = new PhaseProgress(options.progress, 'remove', {
      files: garbage.length,
      bytes: sizeOf(garbage),
    });
    // Files before their MD5s, so that a file that is still there after a failure has one.
    for (const part of [garbage.filter(isDataFile), garbage.filter((object) => !isDataFile(object))])
      await remove(store, part, needs, lease, progress);
    return summary(found);
  });
}

interface Found {
  garbage: ObjectInfo[];
  needs: Needs;
  young: number;
}

/** What no backup needs and is old enough; `now` is by the store's clock. */
async function findGarbage(
  store: ObjectStore,
  replica: string,
  now: number,
  signal: AbortSignal,
  { graceMs = 24 * 3_600_000 }: GcOptions,
): Promise<Found> {
  // First what there is, then what is needed: a backup that appears in between is among the needed.
  const found = await listReplica(store, replica, signal);
  const needs = new Needs(new Catalog(store), replica, signal);
  await needs.refresh();
  const unneeded = found.filter((object) => !needs.has(object.key));
  const garbage = ripe(unneeded, now - graceMs);
  return { garbage, needs, young: unneeded.length - garbage.length };
}

function summary({ garbage, needs, young }: Found): GcResult {
  const removed = garbage.filter((object) => !needs.has(object.key));
  return {
    removed: removed.map(({ key, size }) => ({ key, size })),
    removedBytes: sizeOf(removed),
    needed: needs.files,
    young,
  };
}

/** Throws catalogNoReplica if there is nothing under the replica's folders: the id is mistyped, or the prefix. */
async function checkReplica(store: ObjectStore, replica: string, signal: AbortSignal): Promise<void> {
  for (const folder of ['metadata/', ...folders])
    for (const root of store.roots)
      for await (const _ of store.list(`${root}${folder}${replica}/`, { signal })) return;
  throw new MongoqError(
    ErrorCode.catalogNoReplica,
    `there is nothing of a replica ${replica} in ${store.url}`,
    {
      hint: '`mongoq show replica-ids` lists those that have backups',
    },
  );
}

const folders = ['', 'file_metadata/', 'stats/'];

/** Everything under the replica's folders that may be garbage; of metadata only what rocks-strata left half-written. */
async function listReplica(store: ObjectStore, replica: string, signal: AbortSignal): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  for (const root of store.roots) {
    for (const folder of [...folders, 'metadata/'])
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
