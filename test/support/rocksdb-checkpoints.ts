import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Database } from '../../src/rocksdb/database.ts';
import type { DatabaseFiles } from '../../src/rocksdb/files.ts';
import { memoryFiles } from './rocksdb-files.ts';

/** A backup of a store in rocks-strata's layout, as a RocksDB directory in memory. */
export interface Checkpoint {
  /** "rs0-a-0": replica and backup id. */
  name: string;
  /** The files' content by their names in the database; read when asked for. */
  contents(): Map<string, Buffer>;
  files(): DatabaseFiles;
}

/** Every backup of the store in folder `store`, in order of replica and id. */
export function checkpointsOf(store: string): Checkpoint[] {
  const metadata = path.join(store, 'metadata');
  if (!existsSync(metadata)) return [];
  return readdirSync(metadata)
    .sort()
    .flatMap((replica) =>
      readdirSync(path.join(metadata, replica))
        .sort()
        .map((file) => checkpoint(store, replica, file)),
    );
}

function checkpoint(store: string, replica: string, file: string): Checkpoint {
  const contents = (): Map<string, Buffer> => {
    const { files } = JSON.parse(readFileSync(path.join(store, 'metadata', replica, file), 'utf8')) as {
      files: { name: string; size: number; checksum: string }[];
    };
    return new Map(
      files.map(({ name, size, checksum }) => [
        name,
        readFileSync(path.join(store, replica, `${name}_${checksum}_${size}`)),
      ]),
    );
  };
  return {
    name: `${replica}-${file.split('_')[0] ?? ''}`,
    contents,
    files: () => memoryFiles(contents()),
  };
}

/** All entries of a database: how many, and the MD5 of a line "KEY : VALUE" each, in hex, as `ldb scan --hex` prints. */
export async function digest(database: Database): Promise<{ entries: number; md5: string }> {
  const hash = createHash('md5');
  let entries = 0;
  const cursor = database.scan({ eager: true });
  for (let batch = await cursor.next(); batch; batch = await cursor.next()) {
    for (let i = 0; i < batch.length; i++) {
      hash.update(`0x${hex(batch.key(i))} : 0x${hex(batch.value(i))}\n`);
      entries++;
    }
  }
  return { entries, md5: hash.digest('hex') };
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}
