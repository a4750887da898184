import { chown, mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { checkWritableReplicaId } from '../catalog/layout.ts';
import { nowNanoseconds } from '../catalog/time.ts';
import { readCheckpoint, type Checkpoint, type CheckpointSource } from './checkpoint.ts';
import { lockFile } from './file-lock.ts';

/** A connection to the mongod that is backed up. A command that fails rejects; so does `{ok: 0}`. */
export interface ReplicaConnection {
  command(db: string, command: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** mongod's own default. */
const defaultDbPath = '/data/db';

/**
 * Checkpoints of a live MongoRocks mongod, 3.2 to 4.2, on this host. Taking one asks mongod for its dbPath, makes sure
 * that it is this machine's, and has mongod write the checkpoint to DBPATH/backup/REPLICA/latest, as rocks-strata does:
 * hard links, which need the same file system. One backup of a replica at a time runs on a host, by a lock beside it.
 * Throws operationMongod, operationTarget, catalogReplicaId.
 */
export function mongodCheckpoints(connection: ReplicaConnection, replica: string): CheckpointSource {
  let checked: Promise<string> | undefined;
  const check = (): Promise<string> => (checked ??= checkedDbPath(connection));
  return {
    check: async () => {
      await check();
    },
    take: async (signal) => takeCheckpoint(connection, replica, await check(), signal),
  };
}

/** mongod's dbPath, which is on this host. */
async function checkedDbPath(connection: ReplicaConnection): Promise<string> {
  const dbPath = await dbPathOf(connection);
  await checkHost(connection, dbPath);
  return dbPath;
}

async function takeCheckpoint(
  connection: ReplicaConnection,
  replica: string,
  dbPath: string,
  signal: AbortSignal,
): Promise<Checkpoint> {
  checkWritableReplicaId(replica);
  const parent = path.join(dbPath, 'backup', replica);
  await onDisk(dbPath, () => makeParent(dbPath, parent));
  const lock = await lockFile(path.join(parent, 'lock'));
  const latest = path.join(parent, 'latest');
  const remove = async (): Promise<void> => {
    try {
      await rm(latest, { recursive: true, force: true });
    } finally {
      await lock.release();
    }
  };
  try {
    await onDisk(dbPath, () => rm(latest, { recursive: true, force: true }));
    signal.throwIfAborted();
    const time = nowNanoseconds();
    await run(connection, { setParameter: 1, rocksdbBackup: latest });
    const files = await onDisk(dbPath, () => readCheckpoint(latest, signal));
    return { dbPath, time, files, remove };
  } catch (error) {
    // What went wrong first says more.
    await remove().catch(() => undefined);
    throw error;
  }
}

/** mongod's dbPath. `getCmdLineOpts` says nothing where it was left at its default. */
async function dbPathOf(connection: ReplicaConnection): Promise<string> {
  const options = await run(connection, { getCmdLineOpts: 1 });
  const given = field(field(field(options, 'parsed'), 'storage'), 'dbPath');
  const dbPath = typeof given === 'string' ? given : defaultDbPath;
  if (!path.isAbsolute(dbPath))
    throw new MongoqError(
      ErrorCode.operationMongod,
      `mongod was started with the relative dbPath ${dbPath}`,
      {
        hint: 'start mongod with an absolute dbPath',
      },
    );
  return dbPath;
}

/** Refuses to go on unless `dbPath` is on this machine and belongs to that very mongod. */
async function checkHost(connection: ReplicaConnection, dbPath: string): Promise<void> {
  const lock = await readFile(path.join(dbPath, 'mongod.lock'), 'utf8').catch((error: unknown) => {
    throw new MongoqError(
      ErrorCode.operationMongod,
      `mongod's files (${dbPath}) cannot be read here: ${messageOf(error)}`,
      { hint: "run mongoq backup on mongod's own host, as a user who may read its files" },
    );
  });
  const status = await connection.command('admin', { serverStatus: 1 }).catch(() => undefined);
  // A number, or the driver's Long.
  const pid = Number(field(status, 'pid'));
  if (Number.isNaN(pid) || lock.trim() === String(pid)) return;
  throw new MongoqError(
    ErrorCode.operationMongod,
    `${dbPath} here belongs to the mongod with process id ${lock.trim()}, not to the one connected to`,
    { hint: "run mongoq backup on mongod's own host" },
  );
}

/** Makes the checkpoint's parent, in which mongod, perhaps another user, has to write. */
async function makeParent(dbPath: string, parent: string): Promise<void> {
  await mkdir(parent, { recursive: true });
  if (process.getuid?.() !== 0) return;
  const owner = await stat(dbPath);
  await chown(path.dirname(parent), owner.uid, owner.gid);
  await chown(parent, owner.uid, owner.gid);
}

/** Runs `work` on mongod's files; what the file system says against it becomes operationMongod. */
async function onDisk<T>(dbPath: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new MongoqError(
      ErrorCode.operationMongod,
      `mongod's files (${dbPath}) cannot be used: ${messageOf(error)}`,
      { hint: 'run mongoq backup as root, or as the user that mongod runs as', cause: error },
    );
  }
}

async function run(
  connection: ReplicaConnection,
  command: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  try {
    return await connection.command('admin', command);
  } catch (error) {
    const name = Object.keys(command)[0] ?? '';
    const hint = /rocksdbBackup/.test(messageOf(error))
      ? 'is it a mongod with the RocksDB storage engine?'
      : 'a user with the roles backup and clusterAdmin may do this';
    throw new MongoqError(ErrorCode.operationMongod, `mongod refused ${name}: ${messageOf(error)}`, {
      hint,
      cause: error,
    });
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
