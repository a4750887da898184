import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { Catalog, type ListedRef } from '../catalog/catalog.ts';
import { checkWritableReplicaId } from '../catalog/layout.ts';
import type { BackupStats } from '../catalog/metadata.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Checkpoint, CheckpointFile, CheckpointSource } from './checkpoint.ts';
import { systemClock, type Clock } from './clock.ts';
import { LeaseLost, withLease, type Lease } from './lease.ts';
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
  await source.check?.();
  const run = new BackupRun(store, replica, source, options);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await withLease(store, replica, { operation: 'backup', mode: 'shared', ...options }, (lease) =>
          run.attempt(lease),
        );
      } catch (error) {
        if (!(error instanceof LeaseLost) || attempt === attempts) throw error;
        options.onNotice?.(`${error.message}; looking again at what the store has`);
      }
    }
  } finally {
    await run.removeCheckpoint();
  }
}

class BackupRun {
  readonly #store: ObjectStore;
  readonly #replica: string;
  readonly #source: CheckpointSource;
  readonly #options: BackupOptions;
  readonly #clock: Clock;
  readonly #catalog: Catalog;
  readonly #start: number;
  readonly #attempted = new Set<CheckpointFile>();
  #checkpoint: Checkpoint | undefined;
  /** Set once an id is chosen: a further attempt completes the same backup. */
  #ref: ListedRef | undefined;
  #stats: BackupStats | undefined;

  constructor(store: ObjectStore, replica: string, source: CheckpointSource, options: BackupOptions) {
    this.#store = store;
    this.#replica = replica;
    this.#source = source;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#catalog = new Catalog(store);
    this.#start = this.#clock.now();
  }

  async attempt(lease: Lease): Promise<BackupResult> {
    const listed = this.#stored(lease.signal);
    listed.catch(() => undefined);
    const checkpoint = (this.#checkpoint ??= await this.#source.take(lease.signal));
    const { place, sizes } = await listed;
    const missing = missingFiles(place, checkpoint.files, sizes);
    await this.#upload(place, missing, lease, 'upload');
    this.#stats ??= {
      files: checkpoint.files.length,
      newFiles: missing.length,
      bytes: sizeOf(checkpoint.files),
      newBytes: sizeOf(missing),
      duration: 0,
    };
    this.#stats.duration = Math.round((this.#clock.now() - this.#start) * 1e6);
    this.#ref ??= {
      replica: this.#replica,
      id: await reserveId(this.#catalog, this.#replica, lease),
      time: checkpoint.time,
      root: place.root,
    };
    await publish(place, this.#ref, checkpoint, this.#stats, lease);
    await this.#replaceVanished(place, checkpoint, lease);
    return { ref: this.#ref, stats: this.#stats };
  }

  async removeCheckpoint(): Promise<void> {
    try {
      await this.#checkpoint?.remove();
    } catch (error) {
      this.#options.onNotice?.(`the local checkpoint could not be removed: ${messageOf(error)}`);
    }
  }

  /** Where the replica's files go, and what is there. */
  async #stored(signal: AbortSignal): Promise<{ place: Place; sizes: StoredSizes }> {
    const place = { store: this.#store, root: await this.#root(signal), replica: this.#replica };
    return { place, sizes: await storedSizes(place, signal) };
  }

  /** The root of the replica's newest backup, so that a bucket with one spelling of keys does not get the other. */
  async #root(signal: AbortSignal): Promise<string> {
    const [first = '', ...others] = this.#store.roots;
    if (others.length === 0) return first;
    return (await this.#catalog.listRefs(this.#replica, { signal })).at(-1)?.root ?? first;
  }

  async #replaceVanished(place: Place, checkpoint: Checkpoint, lease: Lease): Promise<void> {
    for (let round = 1; round <= attempts; round++) {
      const [sizes, recorded] = await Promise.all([
        storedSizes(place, lease.signal),
        recordedKeys(place, lease.signal),
      ]);
      const files = missingFiles(place, checkpoint.files, sizes);
      const unrecorded = checkpoint.files.filter(
        (file) => this.#attempted.has(file) && !files.includes(file) && !recorded.has(md5Key(place, file)),
      );
      if (files.length + unrecorded.length === 0) return;
      this.#options.onNotice?.(
        `${files.length} files and ${unrecorded.length} checksums vanished from the store and are uploaded again; ` +
          'does a garbage collection of rocks-strata run at the same time?',
      );
      for (const file of unrecorded) await recordMd5(place, file, lease, lease.signal);
      await this.#upload(place, files, lease, 'upload again');
    }
    throw new MongoqError(
      ErrorCode.operationDamaged,
      `files of backup ${this.#ref?.id ?? ''} of ${this.#replica} keep vanishing from the store`,
      { hint: 'stop whatever removes them, then run mongoq backup again' },
    );
  }

  async #upload(place: Place, files: CheckpointFile[], lease: Lease, phase: string): Promise<void> {
    const { parallel = 16, progress } = this.#options;
    for (const file of files) this.#attempted.add(file);
    await uploadFiles(place, files, { lease, parallel, progress, phase });
  }
}

function sizeOf(files: { size: number }[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}
