import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { Catalog, type ListedRef } from '../catalog/catalog.ts';
import { checkWritableReplicaId } from '../catalog/layout.ts';
import type { BackupStats } from '../catalog/metadata.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Checkpoint, CheckpointFile, CheckpointSource } from './checkpoint.ts';
import { systemClock, type Clock } from './clock.ts';
import { acquireLease, LeaseLost, type Lease } from './lease.ts';
import type { OperationOptions } from './progress.ts';
import { publish, reserveId } from './publish.ts';
import {
  md5Key,
  missingFiles,
  recordedKeys,
  recordMd5,
  storedSizes,
  uploadFiles,
  type Place,
  type StoredSizes,
} from './upload.ts';

export interface BackupOptions extends OperationOptions {
  /** How many files are uploaded at once. Default 16. */
  parallel?: number | undefined;
  clock?: Clock | undefined;
  /** How long to wait for others to leave the replica's lease, milliseconds. */
  waitMs?: number | undefined;
}

/** A backup that was made. */
export interface BackupResult {
  ref: ListedRef;
  stats: BackupStats;
}

/** How often a backup begins again after it lost the lease, and looks again after somebody removed its files. */
const attempts = 5;

/**
 * Makes a backup of `source` in rocks-strata's layout: uploads what the store lacks, then the figures, then the
 * metadata, and then looks again, because rocks-strata's garbage collection takes no lease and may have removed files
 * that no metadata listed yet. Throws operationMongod, operationBusy, operationTarget, catalogReplicaId, and the
 * store's errors; after a failure nothing is listed, and what was uploaded serves the next backup.
 */
export async function backup(
  store: ObjectStore,
  replica: string,
  source: CheckpointSource,
  options: BackupOptions = {},
): Promise<BackupResult> {
  checkWritableReplicaId(replica);
  const run = new BackupRun(store, replica, source, options);
  try {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        const result = await run.attempt();
        if (result) return result;
      } catch (error) {
        if (!(error instanceof LeaseLost) || attempt === attempts) throw error;
        options.onNotice?.(`${error.message}; looking again at what the store has`);
      }
    }
    throw new MongoqError(ErrorCode.operationDamaged, `files of ${replica} keep vanishing from the store`, {
      hint: 'stop whatever removes them, then run mongoq backup again',
    });
  } finally {
    await run.removeCheckpoint();
  }
}

/** What is to be backed up, where to, and what is there, as one attempt begins. */
interface Seen {
  checkpoint: Checkpoint;
  place: Place;
  refs: ListedRef[];
  lacking: Lacking;
}

/** What the store lacks of a checkpoint. */
interface Lacking {
  files: CheckpointFile[];
  /** Files that are there, but not the MD5s that this backup stored for them. */
  md5s: CheckpointFile[];
}

class BackupRun {
  readonly #store: ObjectStore;
  readonly #replica: string;
  readonly #source: CheckpointSource;
  readonly #options: BackupOptions;
  readonly #clock: Clock;
  readonly #catalog: Catalog;
  readonly #start: number;
  readonly #ready: Promise<void> | undefined;
  readonly #attempted = new Set<CheckpointFile>();
  #taking: Promise<Checkpoint> | undefined;
  #stats: BackupStats | undefined;
  /** Set when the metadata is about to be written: a further attempt completes the same backup. */
  #ref: ListedRef | undefined;
  #published = false;

  constructor(store: ObjectStore, replica: string, source: CheckpointSource, options: BackupOptions) {
    this.#store = store;
    this.#replica = replica;
    this.#source = source;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#catalog = new Catalog(store);
    this.#start = this.#clock.now();
    this.#ready = source.check?.();
    // Nobody waits for it where the lease cannot be read.
    this.#ready?.catch(() => undefined);
  }

  /**
   * Brings the store up to the checkpoint and publishes, under the lease; then looks again at what is there. That goes on
   * while the lease is given back: mongoq's own gc spares what is listed. Undefined if something had vanished.
   */
  async attempt(): Promise<BackupResult | undefined> {
    const { lease, seen, release } = await acquireLease(
      this.#store,
      this.#replica,
      { operation: 'backup', mode: 'shared', ready: this.#ready, ...this.#options },
      (signal) => this.#look(signal ?? new AbortController().signal),
    );
    try {
      const { checkpoint, place, refs, lacking } = await seen;
      const { files } = checkpoint;
      this.#stats ??= {
        files: files.length,
        newFiles: lacking.files.length,
        bytes: sizeOf(files),
        newBytes: sizeOf(lacking.files),
        duration: 0,
      };
      const stats = this.#stats;
      const id = await this.#upload(place, lacking, refs, lease);
      if (!this.#published) {
        stats.duration = Math.round((this.#clock.now() - this.#start) * 1e6);
        this.#ref ??= { replica: this.#replica, id, time: checkpoint.time, root: place.root };
        await publish(place, this.#ref, checkpoint, stats, lease);
        this.#published = true;
      }
      void release();
      return (await this.#isWhole(place, checkpoint)) && this.#ref ? { ref: this.#ref, stats } : undefined;
    } finally {
      await release();
    }
  }

  async removeCheckpoint(): Promise<void> {
    const checkpoint = await this.#taking?.catch(() => undefined);
    try {
      await checkpoint?.remove();
    } catch (error) {
      this.#options.onNotice?.(`the local checkpoint could not be removed: ${messageOf(error)}`);
    }
  }

  async #look(signal: AbortSignal): Promise<Seen> {
    this.#taking ??= this.#source.take(signal);
    const places = this.#store.roots.map((root) => ({ store: this.#store, root, replica: this.#replica }));
    const [checkpoint, refs, ...stored] = await Promise.all([
      this.#taking,
      this.#catalog.listRefs(this.#replica, { signal }),
      ...places.map((place) => this.#stored(place, signal)),
    ]);
    // The root of the replica's newest backup, so that a bucket with one spelling of keys does not get the other.
    const root = refs.at(-1)?.root;
    const which = Math.max(0, root === undefined ? 0 : this.#store.roots.indexOf(root));
    const place = places[which] as Place;
    return { checkpoint, place, refs, lacking: this.#lacking(place, checkpoint, stored[which] as Stored) };
  }

  /** One listing, or two where MD5s that were stored may be gone. */
  async #stored(place: Place, signal: AbortSignal | undefined): Promise<Stored> {
    const [sizes, recorded] = await Promise.all([
      storedSizes(place, signal),
      this.#attempted.size > 0 ? recordedKeys(place, signal) : new Set<string>(),
    ]);
    return { sizes, recorded };
  }

  #lacking(place: Place, { files }: Checkpoint, { sizes, recorded }: Stored): Lacking {
    const missing = new Set(missingFiles(place, files, sizes));
    const lost = (file: CheckpointFile): boolean =>
      this.#attempted.has(file) && !missing.has(file) && !recorded.has(md5Key(place, file));
    return { files: [...missing], md5s: files.filter(lost) };
  }

  /** Uploads what is lacking; returns an id reserved for the backup, which is chosen while the last files are sent. */
  async #upload(place: Place, lacking: Lacking, refs: ListedRef[], lease: Lease): Promise<string> {
    const { parallel = 16, progress } = this.#options;
    const phase = this.#published ? 'upload again' : 'upload';
    let reserved: Promise<string> | undefined;
    const reserve = (): Promise<string> => {
      const known = this.#ref?.id;
      reserved ??=
        known === undefined ? reserveId(this.#catalog, this.#replica, lease, refs) : Promise.resolve(known);
      reserved.catch(() => undefined);
      return reserved;
    };
    for (const file of lacking.files) this.#attempted.add(file);
    for (const file of lacking.md5s) await recordMd5(place, file, lease, lease.signal);
    await uploadFiles(place, lacking.files, { lease, parallel, progress, phase, onLast: reserve });
    return reserve();
  }

  async #isWhole(place: Place, checkpoint: Checkpoint): Promise<boolean> {
    const stored = await this.#stored(place, this.#options.signal);
    const { files, md5s } = this.#lacking(place, checkpoint, stored);
    if (files.length + md5s.length === 0) return true;
    this.#options.onNotice?.(
      `${files.length} files and ${md5s.length} checksums vanished from the store and are uploaded again; ` +
        'does a garbage collection of rocks-strata run at the same time?',
    );
    return false;
  }
}

/** What a place has of a replica. */
interface Stored {
  sizes: StoredSizes;
  /** The keys of the MD5s; empty while none were stored. */
  recorded: ReadonlySet<string>;
}

function sizeOf(files: { size: number }[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}
