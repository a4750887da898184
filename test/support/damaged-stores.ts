import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createBlockReader } from '../../src/blocks/create-block-reader.ts';
import type { Backup } from '../../src/catalog/catalog.ts';
import { writeMetadata } from '../../src/catalog/metadata.ts';
import { backupFiles } from '../../src/engine/rocks/backup-files.ts';
import { readKeySpace } from '../../src/engine/rocks/catalog/key-space.ts';
import { MongoCatalog } from '../../src/engine/rocks/catalog/mongo-catalog.ts';
import { scanDatabase } from '../../src/engine/rocks/scan/database-scan.ts';
import { backup as makeBackup } from '../../src/operations/backup.ts';
import { openDatabase } from '../../src/rocksdb/database.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { directorySource } from './checkpoints.ts';
import { writeDatabase, type TestEntry } from './rocksdb-writer.ts';

/** Changes one bit of an object. */
export async function flipBit(store: ObjectStore, key: string, offset: number): Promise<void> {
  const bytes = Buffer.from(await store.get(key));
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 4, offset);
  await store.put(key, bytes);
}

/** Makes a backup's metadata name its first file twice. */
export async function nameFileTwice(store: ObjectStore, { ref, metadata }: Backup): Promise<void> {
  const files = [...metadata.files, metadata.files[0]!];
  await store.put(
    `metadata/${ref.replica}/${ref.id}_${ref.time}.json`,
    writeMetadata({ ...metadata, files }),
  );
}

/** The range of all keys. */
const everything = { lower: Buffer.alloc(0), upper: Buffer.alloc(2048, 0xff) };

/** Which entry of a collection's documents, or of one of its indexes. */
type Removal = { namespace: string; table: 'documents' | 'index'; position: number };

/**
 * Backs up, as `replica`, what `original` holds without one entry of one table. All its files, checksums and MD5s are
 * right: only its documents and indexes do not fit together.
 */
export async function backUpWithout(
  store: ObjectStore,
  replica: string,
  original: Backup,
  { namespace, table, position }: Removal,
): Promise<void> {
  const reader = createBlockReader(store);
  const database = await openDatabase(backupFiles(reader, original), { walDirectories: ['journal', ''] });
  const catalog = await MongoCatalog.open(database, await readKeySpace(database));
  const dot = namespace.indexOf('.');
  const collection = catalog.collection(namespace.slice(0, dot), namespace.slice(dot + 1))!;
  const index =
    collection.indexes.find(({ isId, type }) => !isId && type === 'btree') ?? collection.indexes[0];
  const prefix = table === 'documents' ? collection.prefix! : index!.table!.prefix;
  const entries: TestEntry[] = [];
  let seen = 0;
  for await (const batch of scanDatabase(database, everything))
    for (let i = 0; i < batch.length; i++) {
      const key = Buffer.from(batch.key(i));
      const isOfTable = key.length > prefix.length && key.subarray(0, prefix.length).equals(prefix);
      if (isOfTable && seen++ === position) continue;
      entries.push({ key, value: Buffer.from(batch.value(i)), sequence: entries.length + 1 });
    }
  database.close();
  await reader.close();
  const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-patched-'));
  try {
    for (const [name, bytes] of writeDatabase({ levels: [[], [entries]] }, { compression: 'snappy' }))
      await writeFile(path.join(directory, name), bytes);
    await makeBackup(
      store,
      replica,
      directorySource(directory, { dbPath: '/data/db', time: original.ref.time }),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}
