import { mapParallel } from '../base/parallel.ts';
import { dataKey, fileMetadataKey } from '../catalog/layout.ts';
import { writeFileMetadata } from '../catalog/metadata.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { CheckpointFile } from './checkpoint.ts';
import type { Lease } from './lease.ts';
import { Permits } from './permits.ts';
import { PhaseProgress, type ProgressListener } from './progress.ts';

export interface UploadOptions {
  lease: Lease;
  /** How many files at once. */
  parallel: number;
  progress: ProgressListener | undefined;
  phase: string;
  /** Called when the last of them is begun. */
  onLast?: () => unknown;
}

/** Where a replica's files go. */
export interface Place {
  store: ObjectStore;
  /** One of the store's roots. */
  root: string;
  replica: string;
}

/** The sizes of a replica's objects by their keys. */
export type StoredSizes = ReadonlyMap<string, number>;

/** What the store has of the replica's files. One listing. */
export async function storedSizes(
  { store, root, replica }: Place,
  signal: AbortSignal | undefined,
): Promise<StoredSizes> {
  const sizes = new Map<string, number>();
  for await (const { key, size } of store.list(`${root}${replica}/`, { signal })) sizes.set(key, size);
  return sizes;
}

/** The files whose objects the store lacks, or has with another size than their key says. */
export function missingFiles(
  { root, replica }: Place,
  files: CheckpointFile[],
  sizes: StoredSizes,
): CheckpointFile[] {
  return files.filter((file) => sizes.get(root + dataKey(replica, file)) !== file.size);
}

/** The keys of the MD5s that the store holds for the replica's files. One listing. */
export async function recordedKeys(
  { store, root, replica }: Place,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for await (const { key } of store.list(`${root}file_metadata/${replica}/`, { signal })) keys.add(key);
  return keys;
}

/** The key of a file's MD5. */
export function md5Key({ root, replica }: Place, file: CheckpointFile): string {
  return root + fileMetadataKey(replica, file);
}

/**
 * Stores each file's MD5 and then the file, so that whoever finds the file finds its MD5 too, also after a crash in
 * between.
 */
export async function uploadFiles(
  place: Place,
  files: CheckpointFile[],
  options: UploadOptions,
): Promise<void> {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const progress = new PhaseProgress(options.progress, options.phase, { files: files.length, bytes });
  // One at a time: the first can be sent while the second is computed. The large ones first, so that none of them is
  // left alone at the end.
  const hashing = new Permits(1);
  const largestFirst = files.toSorted((a, b) => b.size - a.size);
  await mapParallel(
    largestFirst,
    options.parallel,
    async (file, signal, index) => {
      if (index === files.length - 1) options.onLast?.();
      const md5 = await recordMd5(place, file, options.lease, signal, hashing);
      let sent = 0;
      const count = (more: number): void => {
        progress.bytes(more);
        sent += more;
      };
      const key = place.root + dataKey(place.replica, file);
      await options.lease.guard(() => place.store.put(key, file.body(md5, count), { signal }));
      count(file.size - sent);
      progress.file();
    },
    options.lease.signal,
  );
}

/** Stores the MD5 of a file, and returns it. `signal` is the lease's or one that it aborts. */
export async function recordMd5(
  place: Place,
  file: CheckpointFile,
  lease: Lease,
  signal: AbortSignal,
  hashing = new Permits(1),
): Promise<Buffer> {
  const done = await hashing.acquire();
  const md5 = await file.md5(signal).finally(done);
  const key = md5Key(place, file);
  await lease.guard(() => place.store.put(key, writeFileMetadata(md5), { signal }));
  return md5;
}
