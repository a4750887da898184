import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { mapParallel } from '../base/parallel.ts';
import { Catalog, exactId, type Backup, type BackupFile, type ListedRef } from '../catalog/catalog.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { fetchFile, isIntact } from './fetch-file.ts';
import { partBytesFor } from './fetch-parts.ts';
import { lockFile, type FileLock } from './file-lock.ts';
import { acquireLease } from './lease.ts';
import { bytesForThread, Md5Thread } from './md5-thread.ts';
import { Permits } from '../base/permits.ts';
import { PhaseProgress, type OperationOptions } from './progress.ts';
import { RestoreTarget, temporarySuffix, writeSynced, type FoundFile } from './restore-target.ts';
import { storageBson } from '../engine/mongod/storage-bson.ts';
import { isWal, optionsFile, walFolder } from './wal-place.ts';

export interface RestoreOptions extends OperationOptions {
  /** Where to: a dbPath. Default: the dbPath that the backup was made of. */
  target?: string | undefined;
  /** Replace the database, or whatever else is in the target's db folder. */
  force?: boolean | undefined;
  /** How many requests at once. Default 16. */
  parallel?: number | undefined;
  /** For storage.bson: 2 if a MongoRocks 3.2 is to run on it. Default 3. */
  formatVersion?: 2 | 3 | undefined;
}

export interface RestoreResult {
  ref: ListedRef;
  target: string;
  files: number;
  bytes: number;
  /** Files that were there already and intact. */
  kept: number;
  fetchedBytes: number;
  /** Files that were checked by partial checksum and size alone, because the store has no MD5 of them. */
  withoutMd5: string[];
  /** Where the write-ahead log went, relative to the target. */
  walFolder: string;
}

/** The file that makes the others a database. */
const currentPath = path.join('db', 'CURRENT');

/** A file of the backup and where it goes, relative to the target. */
interface Placed {
  file: BackupFile;
  path: string;
}

/**
 * Restores a backup so that `mongod --dbpath TARGET` starts on it, in read-only mode too: every byte checked, the
 * write-ahead log where that mongod version reads it, storage.bson written. May be interrupted and run again: intact
 * files are kept. CURRENT goes first and comes last with storage.bson, so that no mongod takes half a restore for a
 * database. Holds the target's mongod.lock, and, where the store lets it, the replica's lease until all files have begun
 * to come, so that gc leaves them alone. Throws catalogNoReplica, catalogNoBackup, catalogMetadata, operationTarget,
 * operationSpace, operationDamaged.
 */
export async function restore(
  store: ObjectStore,
  replica: string,
  id: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const catalog = new Catalog(store);
  const found = catalog.findRef(replica, id, options);
  const load = async (): Promise<Backup> => catalog.loadRef(await found, options);
  // Known before the metadata is, unless it says where to.
  const given = options.target;
  const early = given === undefined ? undefined : found.then(() => lockTarget(given));
  // It takes as long to start as the next answer takes to come.
  const md5s = found.then(() => new Md5Thread());
  for (const each of [found, early, md5s]) each?.catch(() => undefined);
  let leased: Leased | undefined;
  let locked: LockedTarget | undefined;
  try {
    leased = await leaseIfPossible(store, replica, options, found, load);
    // Loaded under the lease: from here on gc leaves alone what it names.
    const backup = await (leased.seen ?? load());
    checkUnambiguous(backup);
    locked = await (early ?? lockTarget(ownPath(backup)));
    const { target } = locked;
    const [{ release }, thread] = [leased, await md5s];
    return await target.writing(() => restoreInto(target, catalog, backup, thread, release, options));
  } finally {
    await (await md5s.catch(() => undefined))?.close();
    locked ??= await early?.catch(() => undefined);
    await locked?.target.forget();
    await locked?.lock.release();
    await leased?.release();
  }
}

interface Leased {
  seen?: Promise<Backup>;
  release: () => Promise<void>;
}

/** The dbPath that the backup was made of. Throws operationTarget where that says no place on this machine. */
function ownPath({ metadata, ref }: Backup): string {
  if (path.isAbsolute(metadata.path)) return metadata.path;
  throw new MongoqError(
    ErrorCode.operationTarget,
    `backup ${ref.id} of ${ref.replica} was made of ${JSON.stringify(metadata.path)}, which is no absolute path`,
    { hint: 'say where to restore it: --target-path DIRECTORY' },
  );
}

interface LockedTarget {
  target: RestoreTarget;
  lock: FileLock;
}

async function lockTarget(directory: string): Promise<LockedTarget> {
  const target = new RestoreTarget(directory);
  await target.make();
  try {
    return { target, lock: await lockFile(target.resolve('mongod.lock')) };
  } catch (error) {
    await target.forget();
    throw error;
  }
}

/** Calls `onAnswered` when all that is read from the store has begun to come. */
async function restoreInto(
  target: RestoreTarget,
  catalog: Catalog,
  backup: Backup,
  md5s: Md5Thread,
  onAnswered: () => Promise<void>,
  options: RestoreOptions,
): Promise<RestoreResult> {
  const signal = options.signal ?? new AbortController().signal;
  const wal = walFolderOf(catalog, backup, signal);
  wal.catch(() => undefined);
  const pathOf = (file: BackupFile, folder: string): string =>
    path.join('db', isWal(file.name) ? folder : '', file.name);
  const found = await target.list();
  // Where the write-ahead log goes matters at once only where there may be one already.
  const known = found.length === 0 ? '' : await wal;
  const placed = backup.files.map((file) => ({ file, path: pathOf(file, known) }));
  const expected = new Map(placed.map((each) => [each.path, each.file.size]));
  await target.examine(found, expected, options.force ?? false);
  const kept = await intactFiles(target, catalog, backup, placed, found, { ...options, signal });
  // That of the database that is replaced may say the same; with it, half a restore would be taken for a database.
  if (kept.size < placed.length) kept.delete(currentPath);
  const wanted = placed.filter((each) => !kept.has(each.path)).map((each) => each.file);
  const superfluous = found.filter((file) => !kept.has(file.path));
  await target.checkSpace(sum(wanted), sum(superfluous));

  const begun = target.begin({ replica: backup.ref.replica, backup: exactId(backup.ref) });
  begun.catch(() => undefined);
  // Where nothing is replaced, it matters only before the first file gets its name.
  if (superfluous.length > 0) await begun;
  const inOrder = superfluous.toSorted(
    (a, b) => Number(b.path === currentPath) - Number(a.path === currentPath),
  );
  for (const file of inOrder) await rm(target.resolve(file.path), { force: true });
  const placeOf = async (file: BackupFile): Promise<string> => {
    await begun;
    const folder = isWal(file.name) ? await wal : '';
    if (folder !== '') await mkdir(target.resolve('db', folder), { recursive: true });
    return target.resolve(pathOf(file, folder));
  };
  // Checking and writing what has come needs nothing of the store.
  const fetching = { ...options, signal, md5s, onAnswered: () => void onAnswered() };
  const fetched = fetchAll(target, catalog, backup, wanted, placeOf, fetching);
  const withoutMd5 = await fetched.finally(() => begun.catch(() => undefined));
  await begun;
  const walPath = path.join('db', await wal);
  await mkdir(target.resolve(walPath), { recursive: true });
  await writeSynced(target.resolve('storage.bson'), storageBson(options.formatVersion ?? 3));
  // Where there is no program that locks it, it may not be there.
  await writeFile(target.resolve('mongod.lock'), '');
  await target.finish([walPath, 'db']);
  return {
    ref: backup.ref,
    target: target.directory,
    files: placed.length,
    bytes: sum(backup.files),
    kept: kept.size,
    fetchedBytes: sum(wanted),
    withoutMd5,
    walFolder: walPath,
  };
}

/**
 * gc leaves the files of a backup alone that is being restored; a reader who may not write does without, and has seen
 * nothing under the lease. Throws what `found` ends by, the search for the backup: then no lease is written.
 */
async function leaseIfPossible(
  store: ObjectStore,
  replica: string,
  { signal, onNotice }: RestoreOptions,
  found: Promise<unknown>,
  look: () => Promise<Backup>,
): Promise<Leased> {
  try {
    const options = { operation: 'restore', mode: 'shared', waitMs: 0, signal, ready: found } as const;
    return await acquireLease(store, replica, options, look);
  } catch (error) {
    signal?.throwIfAborted();
    await found;
    onNotice?.(`no lease on the replica (${messageOf(error)}): do not run gc until this has ended`);
    return { release: () => Promise.resolve() };
  }
}

function checkUnambiguous(backup: Backup): void {
  const byName = new Map(backup.files.map((file) => [file.name, file.key]));
  const other = backup.duplicates.find((file) => byName.get(file.name) !== file.key);
  if (other)
    throw new MongoqError(
      ErrorCode.catalogMetadata,
      `backup ${backup.ref.id} of ${backup.ref.replica} names ${other.name} twice, with different content`,
    );
}

async function walFolderOf(
  catalog: Catalog,
  backup: Backup,
  signal: AbortSignal | undefined,
): Promise<'journal' | ''> {
  const file = optionsFile(backup.files);
  return walFolder(file && (await catalog.store.get(file.key, { signal })).toString('latin1'));
}

/** The paths of files that need not be fetched. */
async function intactFiles(
  target: RestoreTarget,
  catalog: Catalog,
  backup: Backup,
  placed: Placed[],
  found: FoundFile[],
  { signal, progress, parallel = 16 }: RestoreOptions & { signal: AbortSignal },
): Promise<Set<string>> {
  const sizes = new Map(found.map((file) => [file.path, file.size]));
  const candidates = placed.filter((each) => sizes.get(each.path) === each.file.size);
  const kept = new Set<string>();
  if (candidates.length === 0) return kept;
  const check = new PhaseProgress(progress, 'check', {
    files: candidates.length,
    bytes: sum(candidates.map((each) => each.file)),
  });
  await mapParallel(
    candidates,
    parallel,
    async (each, inner) => {
      if (await isIntact(catalog, backup, each.file, target.resolve(each.path), inner)) kept.add(each.path);
      check.bytes(each.file.size);
      check.file();
    },
    signal,
  );
  return kept;
}

interface FetchAllOptions extends RestoreOptions {
  signal: AbortSignal;
  md5s: Md5Thread;
  /** Called when all of it has begun to come. */
  onAnswered: () => void;
}

/**
 * Fetches the files to where `placeOf` says; CURRENT gets its name when all others have theirs. Returns the names of those
 * that had no MD5 to be checked against.
 */
async function fetchAll(
  target: RestoreTarget,
  catalog: Catalog,
  backup: Backup,
  wanted: BackupFile[],
  placeOf: (file: BackupFile) => Promise<string>,
  { signal, progress, parallel = 16, md5s, onAnswered }: FetchAllOptions,
): Promise<string[]> {
  const fetching = new PhaseProgress(progress, 'restore', { files: wanted.length, bytes: sum(wanted) });
  const permits = new Permits(parallel);
  const partBytes = partBytesFor(sum(wanted), parallel);
  // Where files are many, each from its beginning to its end: its MD5 is computed while it comes.
  const partsAtOnce = wanted.filter(({ size }) => size > partBytes).length >= parallel ? 1 : undefined;
  // One alone would be behind at the end of much.
  const threads = sum(wanted) < bytesForThread ? [md5s] : [md5s, new Md5Thread()];
  const withoutMd5: string[] = [];
  let toBegin = wanted.length;
  const waiting = target.resolve('db', `CURRENT${temporarySuffix}`);
  const isCurrent = (file: BackupFile): boolean => file.name === 'CURRENT';
  const fetch = async (file: BackupFile, inner: AbortSignal, index: number): Promise<void> => {
    const checked = await fetchFile(catalog, backup, file, {
      temporary: target.resolve('db', `${file.name}${temporarySuffix}`),
      place: () => (isCurrent(file) ? Promise.resolve(waiting) : placeOf(file)),
      partBytes,
      partsAtOnce,
      permits,
      md5s: threads[index % threads.length] ?? md5s,
      signal: inner,
      onBytes: (count) => fetching.bytes(count),
      onAnswered: () => {
        if (--toBegin === 0) onAnswered();
      },
    });
    if (checked === 'partial') withoutMd5.push(file.name);
    fetching.file();
  };
  // The large ones first, so that none of them is left alone at the end.
  const largestFirst = wanted.toSorted((a, b) => b.size - a.size);
  try {
    await mapParallel(largestFirst, parallel, fetch, signal);
    if (wanted.some(isCurrent)) await rename(waiting, target.resolve(currentPath));
  } finally {
    await threads[1]?.close();
    await rm(waiting, { force: true });
  }
  return withoutMd5;
}

function sum(files: { size: number }[]): number {
  return files.reduce((total, file) => total + file.size, 0);
}
