import { execa, ExecaError } from 'execa';
import { messageOf } from '../../base/errors.ts';
import { noMongod } from './find-mongod.ts';

/** What a mongod binary can do, from its own `--version` and `--help`. */
export interface MongodProbe {
  path: string;
  /** Such as "3.4.10". */
  version: string;
  /** Major and minor as one number to compare: 304 for 3.4. */
  release: number;
  /** Whether it has --queryableBackupMode. The option is not in --help of every build that has it, so the release decides. */
  queryable: boolean;
}

const probeLimitMs = 10_000;

/** Asks a mongod binary for its version and engine. Throws engineNoMongod if it does not run or has no RocksDB. */
export async function probeMongod(mongodPath: string): Promise<MongodProbe> {
  const [versionText, help] = await Promise.all([ask(mongodPath, '--version'), ask(mongodPath, '--help')]);
  const match = /db version v(\d+)\.(\d+)\.(\S+)/.exec(versionText);
  const [, major, minor, patch] = match ?? [];
  if (major === undefined || minor === undefined || patch === undefined) {
    throw noMongod(`${mongodPath} does not say its version`);
  }
  const version = `${major}.${minor}.${patch}`;
  // MongoRocks adds options of its own ("--rocksdbCompression"); builds with modules name it in their build info.
  if (!/--rocksdb/.test(help) && !/\brocks(db)?\b/i.test(versionText)) {
    throw noMongod(`${mongodPath} (${version}) has no RocksDB support`);
  }
  const release = Number(major) * 100 + Number(minor);
  if (release < 302) throw noMongod(`${mongodPath} is version ${version}; 3.2 is the oldest that works`);
  return { path: mongodPath, version, release, queryable: release >= 304 };
}

async function ask(mongodPath: string, option: string): Promise<string> {
  try {
    const { stdout } = await execa(mongodPath, [option], { timeout: probeLimitMs, stdin: 'ignore' });
    return stdout;
  } catch (error) {
    const why = error instanceof ExecaError ? error.shortMessage : messageOf(error);
    throw noMongod(`${mongodPath} cannot be used: ${why}`);
  }
}
