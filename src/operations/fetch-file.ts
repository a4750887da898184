import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import type { Backup, BackupFile, Catalog } from '../catalog/catalog.ts';
import { md5Of, partialChecksumOf } from './checkpoint.ts';
import { readParts } from './parts.ts';
import type { Permits } from './permits.ts';
import { temporarySuffix } from './restore-target.ts';

export interface FetchOptions {
  permits: Permits;
  signal: AbortSignal;
  onBytes: (count: number) => void;
}

/**
 * Fetches a file of a backup to `target` under a temporary name, checks its content against the recorded MD5 (or,
 * where none is recorded, its partial checksum), makes it durable and renames it. Returns how it was checked. Throws
 * operationDamaged if the object is missing or not what it was; nothing is left then.
 */
export async function fetchFile(
  catalog: Catalog,
  backup: Backup,
  file: BackupFile,
  target: string,
  { permits, signal, onBytes }: FetchOptions,
): Promise<'md5' | 'partial'> {
  const temporary = target + temporarySuffix;
  try {
    const recorded = catalog.recordedMd5(backup, file, signal);
    recorded.catch(() => undefined);
    const hash = createHash('md5');
    const handle = await open(temporary, 'w');
    try {
      for await (const bytes of readParts(catalog.store, file, permits, signal)) {
        await handle.writeFile(bytes);
        hash.update(bytes);
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
    await rename(temporary, target);
    return expected ? 'md5' : 'partial';
  } catch (error) {
    await rm(temporary, { force: true });
    throw damagedFile(backup, file, error);
  }
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
