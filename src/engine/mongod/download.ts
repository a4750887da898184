import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { mapParallel } from '../../base/parallel.ts';
import type { ManifestFile } from '../../mount/filesystem.ts';
import type { ObjectStore } from '../../store/object-store.ts';

const chunkBytes = 8 * 1024 ** 2;
const filesAtOnce = 4;

/**
 * Fetches a backup's files into a new directory, for where no mount is possible. Memory: 32 MiB. Throws the store's
 * errors; what is on disk then is the caller's to remove.
 */
export async function downloadFiles(
  store: ObjectStore,
  files: readonly ManifestFile[],
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(directory);
  await mapParallel(files, filesAtOnce, (file, inner) => download(store, file, directory, inner), signal);
}

async function download(
  store: ObjectStore,
  file: ManifestFile,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const target = await open(path.join(directory, file.path), 'wx');
  try {
    for (let start = 0; start < file.size; start += chunkBytes) {
      const range = { start, end: Math.min(start + chunkBytes, file.size) };
      await target.write(await store.get(file.key, { range, ifMatch: file.etag, signal }));
    }
  } finally {
    await target.close();
  }
}
