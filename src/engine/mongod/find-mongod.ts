import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode } from '../../base/error-codes.ts';
import { MongoqError } from '../../base/errors.ts';

/** The mongod at `given`, or else the first on PATH, as an absolute path. Throws engineNoMongod. */
export async function findMongod(given?: string): Promise<string> {
  if (given !== undefined) {
    if (await isExecutable(given)) return path.resolve(given);
    throw noMongod(`${given} is not a program that can be run`);
  }
  for (const directory of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const candidate = path.resolve(directory, 'mongod');
    if (directory !== '' && (await isExecutable(candidate))) return candidate;
  }
  throw noMongod('there is no mongod on PATH');
}

/** The error for a mongod that is missing or cannot open backups. */
export function noMongod(why: string): MongoqError {
  return new MongoqError(ErrorCode.engineNoMongod, why, {
    hint: 'give a mongod with RocksDB support by --mongod-path, or use --engine builtin',
  });
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
