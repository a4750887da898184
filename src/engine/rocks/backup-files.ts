import { ErrorCode } from '../../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../../base/errors.ts';
import type { BlockReader } from '../../blocks/block-reader.ts';
import type { Backup } from '../../catalog/catalog.ts';
import type { DatabaseFiles } from '../../rocksdb/files.ts';

/** The files of a backup as RocksDB names them, read through the block reader. */
export function backupFiles(reader: BlockReader, backup: Backup): DatabaseFiles {
  const objects = new Map(backup.files.map(({ name, key, size }) => [name, { key, size }]));
  const sizes = new Map(backup.files.map(({ name, size }) => [name, size]));
  const object = (name: string) => objects.get(name) ?? { key: name, size: sizes.get(name) ?? 0 };
  return {
    list: () => sizes,
    describe: (name) => objects.get(name)?.key ?? `the file ${name} of backup ${backup.ref.id}`,
    read: (name, range, options) =>
      reader.read(object(name), range, options).catch((error: unknown) => {
        throw isMongoqError(error, ErrorCode.storeNotFound)
          ? missing(backup, object(name).key, error)
          : error;
      }),
    peek: (name, range) => reader.peek(object(name), range),
    prefetch: (name, ranges, signal) => reader.prefetch(object(name), ranges, signal),
  };
}

function missing({ ref }: Backup, key: string, cause: unknown): MongoqError {
  return new MongoqError(
    ErrorCode.engineMissingFile,
    `${key} is missing from the store, and backup ${ref.id} of ${ref.replica} needs it`,
    { hint: `\`mongoq verify -r ${ref.replica}\` says which backups are whole`, cause },
  );
}
