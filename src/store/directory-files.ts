import { hash, randomUUID } from 'node:crypto';
import { open, readdir, stat, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { compareKeys } from './keys.ts';
import type { FileBody, PutBody } from './object-store.ts';

/** What the names of files that are not objects begin with: half-written objects and locks. */
const ownPrefix = '.mongoq-tmp-';
/** A half-written object this old belongs to a process that died. Milliseconds. */
const abandonedMs = 24 * 3600 * 1000;
const copyBytes = 1024 * 1024;

/** Whether a file is mongoq's own (half-written, or a lock) and so no object. */
export function isOwnFile(name: string): boolean {
  return name.startsWith(ownPrefix);
}

/** A new name beside `file` for writing it; in the same folder, so that rename(2) works whatever is mounted where. */
export function temporaryFor(file: string): string {
  return path.join(path.dirname(file), `${ownPrefix}${randomUUID()}`);
}

/** The longest name of an object that its lock may have in its own; file systems allow 255 bytes, tokens follow. */
const longestInLock = 128;

/** The lock file of an object. */
export function lockFor(file: string): string {
  const name = path.basename(file);
  const short = Buffer.byteLength(name) <= longestInLock ? name : hash('sha256', name);
  return path.join(path.dirname(file), `${ownPrefix}lock-${short}`);
}

/** Removes what killed processes left half-written in `folder` more than a day ago. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!isOwnFile(name)) continue;
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > abandonedMs) await unlink(file).catch(() => undefined);
  }
}

/** Writes `body` to the new file `target` and syncs it; on failure no file remains. */
export async function writeSynced(
  target: string,
  body: PutBody,
  signal: AbortSignal | undefined,
): Promise<void> {
  const out = await open(target, 'wx');
  try {
    if (Buffer.isBuffer(body)) await out.writeFile(body);
    else await copyInto(out, body, signal);
    await stampMicroseconds(out);
    await out.sync();
    await out.close();
  } catch (error) {
    await out.close().catch(() => undefined);
    await unlink(target);
    throw error;
  }
}

/**
 * File systems stamp files with a clock of some milliseconds; the version of an object is made of its time, so it gets
 * one of microseconds.
 */
async function stampMicroseconds(out: FileHandle): Promise<void> {
  const seconds = (performance.timeOrigin + performance.now()) / 1000;
  await out.utimes(seconds, seconds);
}

async function copyInto(out: FileHandle, body: FileBody, signal: AbortSignal | undefined): Promise<void> {
  const source = await openSource(body.file);
  try {
    const buffer = Buffer.allocUnsafe(Math.min(copyBytes, body.size));
    for (let done = 0; done < body.size;) {
      signal?.throwIfAborted();
      const wanted = Math.min(buffer.length, body.size - done);
      const { bytesRead } = await source.read(buffer, 0, wanted, done);
      if (bytesRead === 0) throw fileBecameShorter(body.file, body.size);
      for (let written = 0; written < bytesRead;) {
        written += (await out.write(buffer, written, bytesRead - written)).bytesWritten;
      }
      done += bytesRead;
      body.onProgress?.(bytesRead);
    }
  } finally {
    await source.close();
  }
}

/** Opens a local file that is to be stored. Throws storeNotFound, storeDenied and the like, naming it. */
export async function openSource(file: string): Promise<FileHandle> {
  return open(file, 'r').catch((error: unknown) => {
    throw fromErrno(error, file);
  });
}

/** Reads from a local file that is stored, with errors that name it: they are none of the store, and trying again does not mend them. */
export async function readSource(
  handle: FileHandle,
  file: string,
  into: Buffer,
  length: number,
  position: number,
): Promise<{ bytesRead: number }> {
  return handle.read(into, 0, length, position).catch((error: unknown) => {
    throw fromErrno(error, file);
  });
}

/** The error for a local file that ends before the size it had when its upload was decided. */
export function fileBecameShorter(file: string, size: number): MongoqError {
  return new MongoqError(
    ErrorCode.storeChanged,
    `${file} became shorter than ${size} bytes while it was stored`,
  );
}

/** Makes a rename or unlink in `folder` survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Entries of `folder` in the order in which their keys sort: a folder's name counts with its slash. */
export async function sortedEntries(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const listed = await Promise.all(
    entries
      .filter((entry) => !isOwnFile(entry.name))
      .map(async (entry) => {
        const target = entry.isSymbolicLink()
          ? await stat(path.join(folder, entry.name)).catch(() => entry)
          : entry;
        return { name: entry.name, isFolder: target.isDirectory(), isFile: target.isFile() };
      }),
  );
  return listed
    .filter((entry) => entry.isFolder || entry.isFile)
    .sort((a, b) => compareKeys(a.name + (a.isFolder ? '/' : ''), b.name + (b.isFolder ? '/' : '')));
}

/** What goes by: want of memory or handles, and the troubles of file systems on a network. */
const passing =
  /^E(AGAIN|BUSY|INTR|MFILE|NFILE|NOMEM|NOBUFS|STALE|TIMEDOUT|CONN.*|PIPE|NETDOWN|NETUNREACH|NETRESET|HOSTDOWN|HOSTUNREACH|REMOTEIO)$/;

/** An errno exception as the MongoqError that callers of a store expect; other errors are returned as they are. */
export function fromErrno(error: unknown, name: string): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (error instanceof MongoqError || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENAMETOOLONG':
      return new MongoqError(ErrorCode.storeNotFound, `${name} does not exist`, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new MongoqError(ErrorCode.storeDenied, `No access to ${name}: ${messageOf(error)}`, {
        hint: 'Check the owner and permissions of the directory.',
        cause: error,
      });
    case 'EIO':
    case 'EUCLEAN':
      return new MongoqError(ErrorCode.storeDamaged, `${name} cannot be read: ${messageOf(error)}`, {
        hint: 'The disk reports a fault.',
        cause: error,
      });
    case 'ENOSPC':
    case 'EDQUOT':
      return new MongoqError(ErrorCode.operationSpace, `${name} cannot be written: no space is left`, {
        cause: error,
      });
    default:
      return new MongoqError(
        passing.test(code) ? ErrorCode.storeUnavailable : ErrorCode.storeRefused,
        `${name}: ${messageOf(error)}`,
        { cause: error },
      );
  }
}
