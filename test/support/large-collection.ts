import { createHash } from 'node:crypto';
import { toValue } from '../../src/bson/js.ts';
import { intValue } from '../../src/bson/make.ts';
import { dataKey, metadataKey, statsKey, type FileEntry } from '../../src/catalog/layout.ts';
import { writeMetadata, writeStats } from '../../src/catalog/metadata.ts';
import { encodeEntry } from '../../src/engine/rocks/keystring/index-entry.ts';
import { recordKey } from '../../src/engine/rocks/keystring/record-id.ts';
import { keyIn, prefixOf } from '../../src/engine/rocks/prefix.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { addedFile, manifestHead, varint, writeLog, writeTable } from './rocksdb-writer.ts';
import type { TestEntry } from './rocksdb-writer.ts';

/** The only replica, backup and collection of a store that `writeLargeCollection` makes. */
export const large = { replica: 'large', id: '1', db: 'large', collection: 'things' };

const idents = { catalog: '_mdb_catalog', records: 'collection-1', index: 'index-2' };
const prefixes = { catalog: prefixOf(1), records: prefixOf(16), index: prefixOf(17) };
const documentsATable = 100_000;
const bottomLevel = 6;

/** Document `i`, of about 190 bytes: `few` has 1,000 values, `many` one for each two documents, in no order. */
export function largeDocument(i: number): Record<string, unknown> {
  const mixed = Math.imul(i, 0x9e3779b1) >>> 0;
  return {
    _id: i,
    few: i % 1000,
    many: `key ${(Math.imul(i >> 1, 0x85ebca6b) >>> 0).toString(16).padStart(8, '0')}`,
    value: mixed / 2 ** 32,
    at: new Date(1_500_000_000_000 + i * 1000),
    tags: [`t${i % 7}`, `u${i % 11}`],
    text: 'a line of text that nobody asks for, but which is there, as in life',
  };
}

/** Writes a backup of one collection of so many documents with its _id index into a store, a table at a time. */
export async function writeLargeCollection(store: ObjectStore, documents: number): Promise<void> {
  const files: FileEntry[] = [];
  const edits: Buffer[] = [Buffer.concat([manifestHead(), varint(4), varint(10)])];
  const put = async (name: string, bytes: Buffer): Promise<void> => {
    const file = { name, size: bytes.length, checksum: createHash('md5').update(bytes).digest('hex') };
    files.push(file);
    await store.put(dataKey(large.replica, file), bytes);
  };
  const addTable = async (level: number, entries: TestEntry[]): Promise<void> => {
    const number = 10 + files.length;
    const table = writeTable(entries, { compression: 'snappy', blockSize: 16 << 10 });
    edits.push(addedFile(level, number, table.length, entries));
    await put(`${String(number).padStart(6, '0')}.sst`, table);
  };
  await addTable(1, catalogEntries());
  for (const entryOf of [recordEntry, idEntry]) {
    for (let from = 0; from < documents; from += documentsATable) {
      const length = Math.min(documentsATable, documents - from);
      await addTable(
        bottomLevel,
        Array.from({ length }, (_, i) => entryOf(from + i)),
      );
    }
  }
  await put('MANIFEST-000005', writeLog(edits));
  await put('CURRENT', Buffer.from('MANIFEST-000005\n'));
  const { replica, id } = large;
  const ref = { replica, id, time: 1_700_000_000_000_000_000n };
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const metadata = { files, sourceId: replica, id, path: '/data/db', tags: null, time: ref.time };
  const counts = { files: files.length, newFiles: files.length, bytes, newBytes: bytes, duration: 1e9 };
  await store.put(metadataKey(ref), writeMetadata(metadata));
  await store.put(statsKey(ref), writeStats(counts));
}

function recordEntry(i: number): TestEntry {
  return {
    key: recordKey(prefixes.records, BigInt(i + 1)),
    value: bytesOf(largeDocument(i)),
    sequence: 0,
  };
}

function idEntry(i: number): TestEntry {
  const layout = { ordering: [1] as (1 | -1)[], version: 1 as const, unique: true };
  const { key, value } = encodeEntry([intValue(i)], BigInt(i + 1), layout);
  return { key: keyIn(prefixes.index, key), value, sequence: 0 };
}

/** What MongoRocks and MongoDB keep about the collection: the tables' prefixes and the catalog. */
function catalogEntries(): TestEntry[] {
  const ns = `${large.db}.${large.collection}`;
  const md = {
    ns,
    options: {},
    indexes: [{ spec: { v: 2, key: { _id: 1 }, name: '_id_', ns }, ready: true, multikey: false }],
  };
  const tables: [string, object][] = [
    [idents.catalog, { prefix: 1 }],
    [idents.records, { prefix: 16 }],
    [idents.index, { prefix: 17, index_format_version: 1 }],
  ];
  return [
    ...tables.map(([ident, config]) => ({
      key: Buffer.concat([prefixOf(0), Buffer.from(`metadata${ident}`)]),
      value: bytesOf(config),
      sequence: 10,
    })),
    {
      key: recordKey(prefixes.catalog, 1n),
      value: bytesOf({ md, idxIdent: { _id_: idents.index }, ns, ident: idents.records }),
      sequence: 10,
    },
  ];
}

function bytesOf(document: object): Buffer {
  return Buffer.from(toValue(document).slice());
}
