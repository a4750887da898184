import { mapParallel } from '../base/parallel.ts';
import { dataKey, fileMetadataKey } from '../catalog/layout.ts';
import { writeFileMetadata } from '../catalog/metadata.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { CheckpointFile } from './checkpoint.ts';
import type { Lease } from './lease.ts';
import { Md5Thread } from './md5-thread.ts';
import { Permits } from '../base/permits.ts';
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

/** Larger files are sent while their MD5 is computed, a few at a time: each takes one of the store's slots meanwhile. */
const earlyBytes = 16 << 20;
const earlyFiles = 4;
/** So many of them keep the link busy without being sent in parts. */
const many = 8;

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
  const md5s = new Md5Thread(bytes);
  // One at a time: the first can be sent while the second is computed.
  const [hashing, early] = [new Permits(1), new Permits(earlyFiles)];
  const compute = async (file: CheckpointFile, signal: AbortSignal): Promise<Buffer> => {
    const done = await hashing.acquire();
    return file.md5(signal, md5s).finally(done);
  };
  const amongMany = files.filter(({ size }) => size > earlyBytes).length >= many;
  const upload = async (file: CheckpointFile, signal: AbortSignal, index: number): Promise<void> => {
    if (index === files.length - 1) options.onLast?.();
    const leave = file.size > earlyBytes && !amongMany ? await early.acquire() : undefined;
    const md5 = compute(file, signal).then((found) => storeMd5(place, file, found, options.lease, signal));
    md5.catch(() => undefined);
    let sent = 0;
    const onProgress = (more: number): void => {
      progress.bytes(more);
      sent += more;
    };
    const key = place.root + dataKey(place.replica, file);
    try {
      const body = file.body(leave ? md5 : await md5, { amongMany, onProgress });
      await options.lease.guard(() => place.store.put(key, body, { signal }));
    } finally {
      await md5.catch(() => undefined);
      leave?.();
    }
    onProgress(file.size - sent);
    progress.file();
  };
  // The large ones first, so that none of them is left alone at the end.
  const largestFirst = files.toSorted((a, b) => b.size - a.size);
  try {
    await mapParallel(largestFirst, options.parallel, upload, options.lease.signal);
  } finally {
    await md5s.close();
  }
}

/** Stores the MD5 of a file, computing it. `signal` is the lease's or one that it aborts. */
export async function recordMd5(
  place: Place,
  file: CheckpointFile,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  await storeMd5(place, file, await file.md5(signal), lease, signal);
}

/** Returns the MD5 when it is stored. */
async function storeMd5(
  place: Place,
  file: CheckpointFile,
  md5: Buffer,
  lease: Lease,
  signal: AbortSignal,
): Promise<Buffer> {
  await lease.guard(() => place.store.put(md5Key(place, file), writeFileMetadata(md5), { signal }));
  return md5;
}
