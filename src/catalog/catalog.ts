import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, messageOf, MongoqError } from '../base/errors.ts';
import { mapParallel } from '../base/parallel.ts';
import type { ObjectStore } from '../store/object-store.ts';
import {
  checkReplicaId,
  dataKey,
  fileMetadataKey,
  metadataKey,
  parseBackupKey,
  statsKey,
  type BackupRef,
  type FileEntry,
} from './layout.ts';
import {
  parseFileMetadata,
  parseMetadata,
  parseStats,
  type BackupMetadata,
  type BackupStats,
} from './metadata.ts';
import { dateOf } from './time.ts';

/** How many small objects are read at once. */
const readsAtOnce = 64;

/** A backup as its metadata key tells. */
export interface ListedRef extends BackupRef {
  /** What goes before keys made by layout.ts: one of the store's roots. */
  root: string;
}

/** A backup as its key and stats object tell, without its metadata. */
export interface BackupSummary extends ListedRef {
  /** The time to the millisecond. */
  date: Date;
  /** Undefined if there are none, if they cannot be read, or if they were not asked for. */
  stats: BackupStats | undefined;
  /** The metadata object's key. */
  key: string;
}

/** A file of a backup; `key` is its object's. */
export interface BackupFile extends FileEntry {
  key: string;
}

/** One backup, loaded and checked. */
export interface Backup {
  ref: ListedRef;
  date: Date;
  metadata: BackupMetadata;
  /** The files, one of each name, sorted as listed. */
  files: BackupFile[];
  /** Further entries of a name that is already in `files`: the backup is damaged if they differ from it. */
  duplicates: BackupFile[];
}

export interface CatalogOptions {
  signal?: AbortSignal | undefined;
  /** Told of every object that is skipped, and why. */
  onNotice?: ((notice: string) => void) | undefined;
}

export interface ListBackupsOptions extends CatalogOptions {
  /** Whose stats to read: of all, of none, or of the newest so many. Default all. */
  stats?: 'all' | 'none' | number | undefined;
}

/** The replicas and backups of a store, in rocks-strata's layout. Errors are the store's and those named below. */
export class Catalog {
  readonly store: ObjectStore;

  constructor(store: ObjectStore) {
    this.store = store;
  }

  /** The ids of the replicas that have metadata, sorted. */
  async listReplicas(signal?: AbortSignal): Promise<string[]> {
    const ids = new Set<string>();
    for (const root of this.store.roots) {
      const folder = `${root}metadata/`;
      for await (const path of this.store.listFolders(folder, { signal }))
        ids.add(path.slice(folder.length, -1));
    }
    return [...ids].sort(compareText);
  }

  /**
   * The replica's backups, oldest first, from keys and stats alone; none if there is no such replica. Keys of another
   * form and stats that cannot be read are skipped with a notice.
   */
  async listBackups(replica: string, options: ListBackupsOptions = {}): Promise<BackupSummary[]> {
    const { stats = 'all', signal, onNotice } = options;
    const refs = await this.listRefs(replica, { signal, onNotice });
    const summaries = refs.map((ref) => ({
      ...ref,
      date: dateOf(ref.time),
      key: ref.root + metadataKey(ref),
      stats: undefined,
    }));
    const wanted = stats === 'all' ? refs.length : stats === 'none' ? 0 : Math.min(stats, refs.length);
    const from = refs.length - wanted;
    return [
      ...summaries.slice(0, from),
      ...(await this.withStats(summaries.slice(from), { signal, onNotice })),
    ];
  }

  /** The same backups with their stats read. Stats that cannot be read are left out with a notice. */
  withStats(backups: readonly BackupSummary[], options: CatalogOptions = {}): Promise<BackupSummary[]> {
    return mapParallel(
      backups,
      readsAtOnce,
      async (backup, signal) => ({ ...backup, stats: await this.#readStats(backup, { ...options, signal }) }),
      options.signal,
    );
  }

  /** The backups as their keys tell, oldest first. Keys of another form are skipped with a notice. */
  async listRefs(replica: string, { signal, onNotice }: CatalogOptions = {}): Promise<ListedRef[]> {
    checkReplicaId(replica);
    const { roots } = this.store;
    const listed = await mapParallel(
      roots,
      roots.length,
      async (root, inner) => {
        const refs: ListedRef[] = [];
        for await (const { key } of this.store.list(`${root}metadata/${replica}/`, { signal: inner })) {
          const ref = parseBackupKey(key.slice(root.length), 'metadata');
          if (ref) refs.push({ ...ref, root });
          else onNotice?.(`${key} does not have the name of a backup; it was skipped`);
        }
        return refs;
      },
      signal,
    );
    return listed.flat().sort(compareRefs);
  }

  async #readStats(ref: ListedRef, { signal, onNotice }: CatalogOptions): Promise<BackupStats | undefined> {
    const key = ref.root + statsKey(ref);
    try {
      return parseStats(key, await this.store.get(key, { signal }));
    } catch (error) {
      if (isMongoqError(error, ErrorCode.storeNotFound)) return undefined;
      if (!isMongoqError(error, ErrorCode.catalogMetadata)) throw error;
      onNotice?.(messageOf(error));
      return undefined;
    }
  }

  /**
   * One backup with its files. `id` is the id in the key; where several backups have it the newest is taken, and
   * `<id>_<nanoseconds>` names one exactly. Throws catalogNoReplica, catalogNoBackup, catalogMetadata.
   */
  async loadBackup(replica: string, id: string, options: CatalogOptions = {}): Promise<Backup> {
    return this.loadRef(await this.findRef(replica, id, options), options);
  }

  /** Where the backup is that `loadBackup` loads. Throws catalogNoReplica, catalogNoBackup. */
  async findRef(replica: string, id: string, options: CatalogOptions = {}): Promise<ListedRef> {
    return this.#select(replica, await this.listRefs(replica, options), id, options);
  }

  /** The backup of a listed ref. Throws catalogNoBackup if it is gone, catalogMetadata if it is damaged. */
  async loadRef(ref: ListedRef, { signal, onNotice }: CatalogOptions = {}): Promise<Backup> {
    const key = ref.root + metadataKey(ref);
    const bytes = await this.store.get(key, { signal }).catch((error: unknown) => {
      throw isMongoqError(error, ErrorCode.storeNotFound) ? noBackup(ref.replica, ref.id) : error;
    });
    const metadata = parseMetadata(key, bytes);
    checkReplicaId(metadata.sourceId);
    const files = new Map<string, BackupFile>();
    const duplicates: BackupFile[] = [];
    for (const entry of metadata.files) {
      const file = { ...entry, key: ref.root + dataKey(metadata.sourceId, entry) };
      if (files.has(file.name)) duplicates.push(file);
      else files.set(file.name, file);
    }
    for (const { name } of duplicates) onNotice?.(`${key} names the file ${name} more than once`);
    return { ref, date: dateOf(ref.time), metadata, files: [...files.values()], duplicates };
  }

  /** The MD5 (16 bytes) recorded for a file of a backup; undefined if none is. Throws catalogMetadata. */
  async recordedMd5(backup: Backup, file: FileEntry, signal?: AbortSignal): Promise<Buffer | undefined> {
    const key = backup.ref.root + fileMetadataKey(backup.metadata.sourceId, file);
    try {
      return parseFileMetadata(key, await this.store.get(key, { signal }));
    } catch (error) {
      if (isMongoqError(error, ErrorCode.storeNotFound)) return undefined;
      throw error;
    }
  }

  #select(replica: string, refs: ListedRef[], id: string, { onNotice }: CatalogOptions): ListedRef {
    if (refs.length === 0)
      throw new MongoqError(
        ErrorCode.catalogNoReplica,
        `replica ${replica} has no backups in ${this.store.url}`,
        {
          hint: 'mongoq show replica-ids lists the replicas that have',
        },
      );
    const exact = refs.find((ref) => exactId(ref) === id);
    if (exact) return exact;
    const named = refs.filter((ref) => ref.id === id);
    const newest = named.pop();
    if (!newest) throw noBackup(replica, id);
    if (named.length > 0)
      onNotice?.(
        `more than one backup has the id ${id}; the newest was taken, not ${named.map(exactId).join(', ')}`,
      );
    return newest;
  }
}

/** `<id>_<nanoseconds>`: names one backup of a replica also where two have the same id. */
export function exactId(ref: BackupRef): string {
  return `${ref.id}_${ref.time}`;
}

function noBackup(replica: string, id: string): MongoqError {
  return new MongoqError(ErrorCode.catalogNoBackup, `replica ${replica} has no backup ${id}`, {
    hint: `mongoq show backups -r ${replica} lists them`,
  });
}

function compareRefs(a: BackupRef, b: BackupRef): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return compareText(a.id, b.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
