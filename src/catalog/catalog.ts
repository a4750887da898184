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

/** A backup as its key and stats object tell, without its metadata. */
export interface BackupSummary extends BackupRef {
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
  ref: BackupRef;
  date: Date;
  metadata: BackupMetadata;
  /** The files, one of each name, sorted as listed. */
  files: BackupFile[];
  /** Further entries of a name that is already in `files`: the backup is damaged if they differ from it. */
  duplicates: BackupFile[];
  /** What to put before keys made by layout.ts: `/` in a bucket whose keys begin with a slash, else nothing. */
  root: Root;
}

/** Two spellings of a store without a prefix: one of rocks-strata's drivers began every key with a slash. */
export type Root = '' | '/';

export interface ListBackupsOptions {
  signal?: AbortSignal | undefined;
  /** Told of every object that is skipped, and why. */
  onNotice?: ((notice: string) => void) | undefined;
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
    for (const root of ['', '/'] as const) {
      const folder = `${root}metadata/`;
      const ids: string[] = [];
      for await (const path of this.store.listFolders(folder, { signal }))
        ids.push(path.slice(folder.length, -1));
      if (ids.length > 0) return ids;
    }
    return [];
  }

  /**
   * The replica's backups, oldest first, from keys and stats alone; none if there is no such replica. Keys of another
   * form and stats that cannot be read are skipped with a notice.
   */
  async listBackups(replica: string, options: ListBackupsOptions = {}): Promise<BackupSummary[]> {
    const { refs, root } = await this.listRefs(replica, options);
    const { stats = 'all', signal } = options;
    const wanted = stats === 'all' ? refs.length : stats === 'none' ? 0 : stats;
    const firstWanted = Math.max(0, refs.length - wanted);
    return mapParallel(
      refs,
      readsAtOnce,
      async (ref, inner, index) => ({
        ...ref,
        date: dateOf(ref.time),
        key: root + metadataKey(ref),
        stats:
          index < firstWanted
            ? undefined
            : await this.#readStats(root + statsKey(ref), options.onNotice, inner),
      }),
      signal,
    );
  }

  /** The backups as their keys tell, oldest first, and the spelling of the keys in which the replica was found. */
  async listRefs(
    replica: string,
    options: Pick<ListBackupsOptions, 'signal' | 'onNotice'> = {},
  ): Promise<{ refs: BackupRef[]; root: Root }> {
    checkReplicaId(replica);
    for (const root of ['', '/'] as const) {
      const refs = await this.#listRefsUnder(root, replica, options);
      if (refs.length > 0) return { refs, root };
    }
    return { refs: [], root: '' };
  }

  async #listRefsUnder(
    root: Root,
    replica: string,
    { signal, onNotice }: Pick<ListBackupsOptions, 'signal' | 'onNotice'>,
  ): Promise<BackupRef[]> {
    const refs: BackupRef[] = [];
    for await (const { key } of this.store.list(`${root}metadata/${replica}/`, { signal })) {
      const ref = parseBackupKey(key.slice(root.length), 'metadata');
      if (ref) refs.push(ref);
      else onNotice?.(`${key} does not have the name of a backup; it was skipped`);
    }
    return refs.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : compareIds(a.id, b.id)));
  }

  async #readStats(
    key: string,
    onNotice: ListBackupsOptions['onNotice'],
    signal: AbortSignal,
  ): Promise<BackupStats | undefined> {
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
  async loadBackup(
    replica: string,
    id: string,
    options: Pick<ListBackupsOptions, 'signal' | 'onNotice'> = {},
  ): Promise<Backup> {
    const { refs, root } = await this.listRefs(replica, options);
    if (refs.length === 0)
      throw new MongoqError(
        ErrorCode.catalogNoReplica,
        `replica ${replica} has no backups in ${this.store.url}`,
      );
    return this.loadRef(selectRef(refs, id, options.onNotice), root, options);
  }

  /** The backup of a listed ref. Throws catalogNoBackup if it is gone, catalogMetadata if it is damaged. */
  async loadRef(
    ref: BackupRef,
    root: Root,
    { signal, onNotice }: Pick<ListBackupsOptions, 'signal' | 'onNotice'> = {},
  ): Promise<Backup> {
    const key = root + metadataKey(ref);
    const bytes = await this.store.get(key, { signal }).catch((error: unknown) => {
      throw isMongoqError(error, ErrorCode.storeNotFound) ? noBackup(ref.replica, ref.id) : error;
    });
    const metadata = parseMetadata(key, bytes);
    checkReplicaId(metadata.sourceId);
    const files = new Map<string, BackupFile>();
    const duplicates: BackupFile[] = [];
    for (const entry of metadata.files) {
      const file = { ...entry, key: root + dataKey(metadata.sourceId, entry) };
      if (files.has(file.name)) duplicates.push(file);
      else files.set(file.name, file);
    }
    for (const { name } of duplicates) onNotice?.(`${key} names the file ${name} more than once`);
    return { ref, date: dateOf(ref.time), metadata, files: [...files.values()], duplicates, root };
  }

  /** The MD5 (16 bytes) recorded for a file of a backup; undefined if none is. Throws catalogMetadata. */
  async recordedMd5(backup: Backup, file: FileEntry, signal?: AbortSignal): Promise<Buffer | undefined> {
    const key = backup.root + fileMetadataKey(backup.metadata.sourceId, file);
    try {
      return parseFileMetadata(key, await this.store.get(key, { signal }));
    } catch (error) {
      if (isMongoqError(error, ErrorCode.storeNotFound)) return undefined;
      throw error;
    }
  }
}

function selectRef(refs: BackupRef[], id: string, onNotice: ListBackupsOptions['onNotice']): BackupRef {
  const exact = refs.find((ref) => `${ref.id}_${ref.time}` === id);
  if (exact) return exact;
  const named = refs.filter((ref) => ref.id === id);
  const newest = named.at(-1);
  if (!newest) throw noBackup(refs[0]?.replica ?? '', id);
  if (named.length > 1)
    onNotice?.(
      `${named.length} backups have the id ${id}; this is the newest. Others: ` +
        named
          .slice(0, -1)
          .map((ref) => `${ref.id}_${ref.time}`)
          .join(', '),
    );
  return newest;
}

function noBackup(replica: string, id: string): MongoqError {
  return new MongoqError(ErrorCode.catalogNoBackup, `replica ${replica} has no backup ${id}`, {
    hint: `mongoq show backups -r ${replica} lists them`,
  });
}

/** Numbers by value, before other ids by text. */
function compareIds(a: string, b: string): number {
  const [x, y] = [a, b].map((id) => (/^\d+$/.test(id) ? BigInt(id) : undefined));
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  if (x !== undefined) return -1;
  if (y !== undefined) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
