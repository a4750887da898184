import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import type { Backup, BackupFile, Catalog } from '../catalog/catalog.ts';
import { md5Of, partialChecksumOf } from './checkpoint.ts';
import { readParts } from './parts.ts';
import type { Permits } from './permits.ts';

export interface FetchOptions {
  /** The name under which the file is written. */
  temporary: string;
  /** Its name in the end, asked for when its content is there. */
  place: () => Promise<string>;
  permits: Permits;
  signal: AbortSignal;
  onBytes: (count: number) => void;
}

/**
 * Fetches a file of a backup under a temporary name, checks its content against the recorded MD5 (or,
 * where none is recorded, its partial checksum), makes it durable and renames it. Returns how it was checked. Throws
 * operationDamaged if the object is missing or not what it was; nothing is left then.
 */
export async function fetchFile(
  catalog: Catalog,
  backup: Backup,
  file: BackupFile,
  { temporary, place, permits, signal, onBytes }: FetchOptions,
): Promise<'md5' | 'partial'> {
  try {
    const recorded = catalog.recordedMd5(backup, file, signal);
    recorded.catch(() => undefined);
    const hash = createHash('md5');
    const handle = await open(temporary, 'w');
    try {
      for await (const bytes of readParts(catalog.store, file, permits, signal)) {
        // In another thread, while this one computes the checksum.
        const written = writeAll(handle, bytes);
        hash.update(bytes);
        await written;
        onBytes(bytes.length);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    const expected = await recorded;
    if (expected ? !expected.equals(hash.digest()) : !(await hasPartialChecksum(temporary, file)))
      throw new MongoqError(
        ErrorCode.storeDamaged,
        `${catalog.store.url}/${file.key} is not what was stored`,
      );
    await rename(temporary, await place());
    return expected ? 'md5' : 'partial';
  } catch (error) {
    await rm(temporary, { force: true });
    throw damagedFile(backup, file, error);
  }
}

/** By as few calls as the system needs: FileHandle.writeFile makes one for each half MiB. */
async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
}

/** Whether a local file already is the file of the backup: by its recorded MD5, else, for SSTs, its partial checksum. */
export async function isIntact(
  catalog: Catalog,
  backup: Backup,
  file: BackupFile,
  local: string,
  signal: AbortSignal,
): Promise<boolean> {
  const recorded = await catalog.recordedMd5(backup, file, signal);
  if (recorded) return recorded.equals(await md5Of(local, signal));
  return file.name.endsWith('.sst') && (await hasPartialChecksum(local, file));
}

async function hasPartialChecksum(local: string, file: BackupFile): Promise<boolean> {
  return (await partialChecksumOf(local, file.size)) === file.checksum;
}

function damagedFile(backup: Backup, file: BackupFile, error: unknown): unknown {
  const known = isMongoqError(
    error,
    ErrorCode.storeDamaged,
    ErrorCode.storeNotFound,
    ErrorCode.catalogMetadata,
  );
  if (!known) return error;
  return new MongoqError(
    ErrorCode.operationDamaged,
    `backup ${backup.ref.id} of ${backup.ref.replica} is damaged: ${file.name}: ${(error as Error).message}`,
    { hint: `mongoq verify -r ${backup.ref.replica} --all tells which backups are whole`, cause: error },
  );
}
