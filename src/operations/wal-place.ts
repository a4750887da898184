import type { BackupFile } from '../catalog/catalog.ts';

/**
 * Where mongod looks for the write-ahead log of a checkpoint, below its db folder: `journal` for MongoRocks 3.2 to
 * 4.0.3, nothing for 4.2 and later, as the checkpoint's OPTIONS file says by the writer's own wal_dir. RocksDB of
 * MongoRocks 3.2 wrote no OPTIONS file yet, so without one it is `journal`.
 */
export function walFolder(options: string | undefined): 'journal' | '' {
  const walDir = /^\s*wal_dir=(.*)$/m.exec(options ?? '')?.[1];
  if (walDir === undefined) return 'journal';
  return /(^|[/\\])journal[/\\]?\s*$/.test(walDir) ? 'journal' : '';
}

/** Whether a file of a checkpoint is a write-ahead log. */
export function isWal(name: string): boolean {
  return /^\d+\.log$/.test(name);
}

/** The newest OPTIONS file of a checkpoint. */
export function optionsFile(files: BackupFile[]): BackupFile | undefined {
  return files
    .filter((file) => /^OPTIONS-\d+$/.test(file.name))
    .sort((a, b) => Number(a.name.slice(8)) - Number(b.name.slice(8)))
    .at(-1);
}
