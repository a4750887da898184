import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { unmount } from './unmount.ts';

const prefix = 'mongoq-run-';
const mountName = 'mount';
const memory = '/dev/shm';
/** Bytes; leaves room for the run directory's name and a socket's below it. */
const longestParent = 48;

/** A directory of one process for mounts, sockets and scratch files; only its user may enter it. */
export interface RunDirectory {
  path: string;
  /** Where a mount of this run belongs; made empty. */
  mountpoint: string;
  /** Unmounts what is mounted there and removes everything. */
  remove(): Promise<void>;
}

/**
 * Makes a run directory below `parent`: one of runParents(), the first (as a rule in memory) for small files, the last
 * (on a disk) for large ones. Throws settings if it cannot be made.
 */
export async function createRunDirectory(parent: string): Promise<RunDirectory> {
  const started = await startTime(process.pid);
  const name = `${prefix}${process.pid}-${started ?? '0'}-`;
  let made: string;
  try {
    made = await mkdtemp(path.join(await realpath(parent), name));
  } catch (error) {
    throw new MongoqError(ErrorCode.settings, `no directory can be made in ${parent}: ${messageOf(error)}`, {
      hint: 'set TMPDIR to a directory that you may write to',
      cause: error,
    });
  }
  const mountpoint = path.join(made, mountName);
  await mkdir(mountpoint);
  return { path: made, mountpoint, remove: () => removeRun(made) };
}

/**
 * Removes the run directories, and their mounts, of processes that are gone without having cleaned up: killed, or the
 * power failed. Returns what could not be removed, in sentences. Those of other users are left alone.
 */
export async function removeStaleRuns(parent: string): Promise<string[]> {
  const failures: string[] = [];
  const base = await realpath(parent).catch(() => parent);
  // One may be allowed to write there and not to list.
  for (const name of await readdir(base).catch(() => [])) {
    const owner = /^mongoq-run-(\d+)-(\d+)-/.exec(name);
    if (!owner || (await isAlive(Number(owner[1]), owner[2] ?? ''))) continue;
    const run = path.join(base, name);
    if (!(await isOurs(run))) continue;
    await removeRun(run).catch((error: unknown) => failures.push(`${run}: ${String(error)}`));
  }
  return failures;
}

/**
 * Where run directories lie: the user's runtime directory where there is one that can be used, and the one for
 * temporary files; where that was not named by the user and cannot be written to, as in a container with a read-only file
 * system, memory.
 */
export function runParents(): [string, ...string[]] {
  const temporary = os.tmpdir();
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const isNamed = ['TMPDIR', 'TMP', 'TEMP'].some((name) => process.env[name] !== undefined);
  const last = !isNamed && !isWritable(temporary) && isWritable(memory) ? memory : temporary;
  const isUsable = runtime !== undefined && isShort(runtime) && isWritable(runtime);
  return isUsable ? [runtime, last] : [last];
}

/** Whether the sockets below it get names that are short enough: 108 bytes in all. */
function isShort(parent: string): boolean {
  return Buffer.byteLength(parent) <= longestParent;
}

/** Whether this user may make directories there. */
function isWritable(parent: string): boolean {
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The mount goes first: removing files must never reach through it. */
async function removeRun(run: string): Promise<void> {
  await unmount(path.join(run, mountName));
  await rm(run, { recursive: true, force: true });
}

/** A process of that number that started then: numbers are used again. */
async function isAlive(pid: number, started: string): Promise<boolean> {
  return (await startTime(pid)) === started;
}

/** Clock ticks since boot at which the process started: field 22 of /proc/PID/stat, counted after the name's `)`. */
async function startTime(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

async function isOurs(directory: string): Promise<boolean> {
  const found = await stat(directory).catch(() => undefined);
  return found !== undefined && found.uid === process.getuid?.();
}
