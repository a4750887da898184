import { mkdir, rename, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { mapParallel } from '../base/parallel.ts';
import { Catalog, exactId, type Backup, type BackupFile, type ListedRef } from '../catalog/catalog.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { fetchFile, isIntact } from './fetch-file.ts';
import { lockFile } from './file-lock.ts';
import { acquireLease } from './lease.ts';
import { Permits } from './permits.ts';
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

/** A file of the backup and where it goes, relative to the target. */
interface Placed {
  file: BackupFile;
  path: string;
}

/**
 * Restores a backup so that `mongod --dbpath TARGET` starts on it, in read-only mode too: every byte checked, the
 * write-ahead log where that mongod version reads it, storage.bson written. May be interrupted and run again: intact
 * files are kept. CURRENT and storage.bson come last, so that no mongod takes half a restore for a database. Holds the
 * target's mongod.lock, and, where the store lets it, the replica's lease, so that gc leaves the files alone. Throws
 * catalogNoReplica, catalogNoBackup, catalogMetadata, operationTarget, operationSpace, operationDamaged.
 */
export async function restore(
  store: ObjectStore,
  replica: string,
  id: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const catalog = new Catalog(store);
  const found = catalog.findRef(replica, id, options);
  found.catch(() => undefined);
  const release = await leaseIfPossible(store, replica, options);
  try {
    // Loaded under the lease: from here on gc leaves alone what it names.
    const backup = await catalog.loadRef(await found, options);
    checkUnambiguous(backup);
    const wal = walFolderOf(catalog, backup, options.signal);
    wal.catch(() => undefined);
    const target = new RestoreTarget(options.target ?? backup.metadata.path);
    await target.make();
    const lock = await lockFile(target.resolve('mongod.lock'));
    try {
      return await restoreInto(target, catalog, backup, await wal, options);
    } finally {
      await lock.release();
    }
  } finally {
    await release();
  }
}

async function restoreInto(
  target: RestoreTarget,
  catalog: Catalog,
  backup: Backup,
  wal: 'journal' | '',
  options: RestoreOptions,
): Promise<RestoreResult> {
  const signal = options.signal ?? new AbortController().signal;
  const placed = backup.files.map((file) => ({
    file,
    path: path.join('db', isWal(file.name) ? wal : '', file.name),
  }));
  const found = await target.examine(
    new Map(placed.map((each) => [each.path, each.file.size])),
    options.force ?? false,
  );
  const kept = await intactFiles(target, catalog, backup, placed, found, { ...options, signal });
  const wanted = placed.filter((each) => !kept.has(each.path));
  const superfluous = found.filter((file) => !kept.has(file.path));
  await target.checkSpace(sum(wanted.map((each) => each.file)), sum(superfluous));

  await target.begin({ replica: backup.ref.replica, backup: exactId(backup.ref) });
  for (const file of superfluous) await rm(target.resolve(file.path), { force: true });
  await mkdir(target.resolve('db', wal), { recursive: true });
  const withoutMd5 = await fetchAll(target, catalog, backup, wanted, { ...options, signal });
  await writeSynced(target.resolve('storage.bson'), storageBson(options.formatVersion ?? 3));
  await truncate(target.resolve('mongod.lock'));
  await target.finish([path.join('db', wal), 'db']);
  return {
    ref: backup.ref,
    target: target.directory,
    files: placed.length,
    bytes: sum(backup.files),
    kept: kept.size,
    fetchedBytes: sum(wanted.map((each) => each.file)),
    withoutMd5,
    walFolder: path.join('db', wal),
  };
}

/** gc leaves the files of a backup alone that is being restored; a reader who may not write does without. */
async function leaseIfPossible(
  store: ObjectStore,
  replica: string,
  { signal, onNotice }: RestoreOptions,
): Promise<() => Promise<void>> {
  try {
    const held = await acquireLease(store, replica, {
      operation: 'restore',
      mode: 'shared',
      waitMs: 0,
      signal,
    });
    return held.release;
  } catch (error) {
    signal?.throwIfAborted();
    onNotice?.(`no lease on the replica (${messageOf(error)}): do not run gc until this has ended`);
    return () => Promise.resolve();
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

/**
 * Fetches the files; CURRENT gets its name when all others have theirs. Returns the names of those that had no MD5 to be
 * checked against.
 */
async function fetchAll(
  target: RestoreTarget,
  catalog: Catalog,
  backup: Backup,
  wanted: Placed[],
  { signal, progress, parallel = 16 }: RestoreOptions & { signal: AbortSignal },
): Promise<string[]> {
  const fetching = new PhaseProgress(progress, 'restore', {
    files: wanted.length,
    bytes: sum(wanted.map((each) => each.file)),
  });
  const permits = new Permits(parallel);
  const withoutMd5: string[] = [];
  const current = wanted.find((each) => each.file.name === 'CURRENT');
  const currentFile = current && target.resolve(current.path);
  const currentWaiting = currentFile && currentFile + temporarySuffix;
  const fetch = async (each: Placed, inner: AbortSignal): Promise<void> => {
    const { file } = each;
    const local = each === current && currentWaiting ? currentWaiting : target.resolve(each.path);
    const onBytes = (count: number): void => fetching.bytes(count);
    const checked = await fetchFile(catalog, backup, file, local, {
      permits,
      signal: inner,
      onBytes,
    });
    if (checked === 'partial') withoutMd5.push(file.name);
    fetching.file();
  };
  // The large ones first, so that none of them is left alone at the end.
  const largestFirst = wanted.toSorted((a, b) => b.file.size - a.file.size);
  try {
    await mapParallel(largestFirst, parallel, fetch, signal);
    if (currentFile && currentWaiting) await rename(currentWaiting, currentFile);
  } finally {
    if (currentWaiting) await rm(currentWaiting, { force: true });
  }
  return withoutMd5;
}

function sum(files: { size: number }[]): number {
  return files.reduce((total, file) => total + file.size, 0);
}
