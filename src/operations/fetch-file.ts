import { open, rename, rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import type { Backup, BackupFile, Catalog } from '../catalog/catalog.ts';
import { partialChecksumOf } from './checkpoint.ts';
import { fetchParts } from './fetch-parts.ts';
import { md5Of } from './md5-of.ts';
import type { Md5Thread } from './md5-thread.ts';
import type { Permits } from '../base/permits.ts';

export interface FetchOptions {
  /** The name under which the file is written. */
  temporary: string;
  /** Its name in the end, asked for when its content is there. */
  place: () => Promise<string>;
  partBytes: number;
  /** Parts that are fetched at once. Default 4. */
  partsAtOnce?: number | undefined;
  permits: Permits;
  md5s: Md5Thread;
  signal: AbortSignal;
  onBytes: (count: number) => void;
  /** Called when all that is asked for of this file has begun to come. */
  onAnswered: () => void;
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
  { temporary, place, md5s, onAnswered, ...options }: FetchOptions,
): Promise<'md5' | 'partial'> {
  const { signal } = options;
  try {
    // Requests need not wait for it.
    const opening = open(temporary, 'w');
    opening.catch(() => undefined);
    const md5 = md5s.follow(temporary);
    let computed: Buffer;
    let recorded: Promise<Buffer | undefined> | undefined;
    try {
      const onWritten = (end: number): void => md5.extend(end);
      let toBegin = 2;
      const begins = (): void => {
        if (--toBegin === 0) onAnswered();
      };
      const fetching = fetchParts(catalog.store, file, opening, {
        ...options,
        onAnswered: begins,
        onWritten,
      });
      // After the requests for what is large: each takes a moment to be made.
      recorded = nextTurn().then(() => catalog.recordedMd5(backup, file, signal));
      recorded.then(begins, () => undefined);
      await fetching;
      await recorded;
      const handle = await opening;
      [computed] = await Promise.all([md5.digest(file.size, signal), handle.sync()]);
    } finally {
      md5.forget();
      const handle = await opening.catch(() => undefined);
      await handle?.close();
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
