import { open, rename, rm } from 'node:fs/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import type { Backup, BackupFile, Catalog } from '../catalog/catalog.ts';
import { partialChecksumOf } from './checkpoint.ts';
import { fetchParts } from './fetch-parts.ts';
import { md5Of } from './md5-of.ts';
import type { Md5Thread } from './md5-thread.ts';
import type { Permits } from './permits.ts';

export interface FetchOptions {
  /** The name under which the file is written. */
  temporary: string;
  /** Its name in the end, asked for when its content is there. */
  place: () => Promise<string>;
  permits: Permits;
  md5s: Md5Thread;
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
  { temporary, place, permits, md5s, signal, onBytes }: FetchOptions,
): Promise<'md5' | 'partial'> {
  try {
    const handle = await open(temporary, 'w');
    const md5 = md5s.follow(temporary);
    let computed: Buffer;
    let recorded: Promise<Buffer | undefined> | undefined;
    try {
      const onWritten = (end: number): void => md5.extend(end);
      const fetching = fetchParts(catalog.store, file, handle, { permits, signal, onBytes, onWritten });
      recorded = catalog.recordedMd5(backup, file, signal);
      recorded.catch(() => undefined);
      await fetching;
      [computed] = await Promise.all([md5.digest(file.size, signal), handle.sync()]);
    } finally {
      md5.forget();
      await handle.close();
    }
    const expected = await recorded;
    if (expected ? !expected.equals(computed) : !(await hasPartialChecksum(temporary, file)))
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
