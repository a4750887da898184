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
    read: (name, range, options) => reader.read(object(name), range, options),
    peek: (name, range) => reader.peek(object(name), range),
    prefetch: (name, ranges) => {
      reader.prefetch(object(name), ranges);
    },
  };
}
