import { openDatabase } from '../../rocksdb/database.ts';
import { backupFiles } from './backup-files.ts';
import { readKeySpace } from './catalog/key-space.ts';
import { MongoCatalog } from './catalog/mongo-catalog.ts';
import type { Prefix } from './prefix.ts';
import type { RocksEngineOptions } from './rocks-engine.ts';

/** A range of user keys of one SST file. */
interface Bounds {
  smallest: Buffer;
  largest: Buffer;
}

/**
 * Tells for a file of a backup which namespaces may have documents or index entries in it, so that they lose them with
 * it: for an SST file those with a table within its smallest and largest key, for a WAL file any; sorted. The answer is
 * undefined for files without which no backup opens, and for an SST file that the MANIFEST does not know; empty for
 * files that hold no data. Reads the MANIFEST, the intact part of the WAL, and the catalog.
 * Throws as `openRocksEngine` if the backup cannot be opened that far.
 */
export async function affectedNamespaces(
  options: Pick<RocksEngineOptions, 'reader' | 'backup' | 'signal'>,
): Promise<(file: string) => string[] | undefined> {
  const { reader, backup, signal } = options;
  const database = await openDatabase(backupFiles(reader, backup), {
    signal,
    walDirectories: ['journal', ''],
    endAtDamagedWal: true,
  });
  try {
    const keySpace = await readKeySpace(database, signal);
    const catalog = await MongoCatalog.open(database, keySpace, signal);
    const bounds = database.tableBounds();
    const tables = tablesOf(catalog);
    return (file) => {
      const range = bounds.get(file);
      // The catalog's own tables were read just now: the damage is not in them.
      if (range) return namesOf(tables.filter(({ prefix }) => holds(range, prefix)));
      if (/\.log$/.test(file)) return namesOf(tables);
      return /^(CURRENT|MANIFEST-\d+|\d+\.sst)$/.test(file) ? undefined : [];
    };
  } finally {
    database.close();
  }
}

interface OwnedTable {
  namespace: string;
  prefix: Prefix;
}

/** The tables of all collections and their indexes. */
function tablesOf(catalog: MongoCatalog): OwnedTable[] {
  return catalog.databases().flatMap((db) =>
    catalog.collections(db).flatMap(({ namespace, prefix, indexes }) => {
      const prefixes = [prefix, ...indexes.map((index) => index.table?.prefix)];
      return prefixes.flatMap((each) => (each ? [{ namespace, prefix: each }] : []));
    }),
  );
}

/** Whether keys of a table may lie in the range. */
function holds({ smallest, largest }: Bounds, prefix: Prefix): boolean {
  return (
    Buffer.compare(smallest.subarray(0, prefix.length), prefix) <= 0 &&
    Buffer.compare(prefix, largest.subarray(0, prefix.length)) <= 0
  );
}

function namesOf(tables: OwnedTable[]): string[] {
  return [...new Set(tables.map(({ namespace }) => namespace))].sort();
}
