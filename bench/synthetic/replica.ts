import { createHash } from 'node:crypto';
import type { FileEntry } from '../../src/catalog/layout.ts';
import { tableName } from '../../src/rocksdb/table.ts';
import {
  internalKey,
  lengthPrefixed,
  manifestHead,
  varint,
  writeLog,
  writeTable,
} from '../../test/support/rocksdb-writer.ts';
import { catalogEntries, idEntry, recordEntry } from './documents.ts';
import { blockShape, type ImageEntry, TableImage } from './table-image.ts';

export interface ReplicaShape {
  /** SSTs in all. */
  tables: number;
  /** Bytes of each, about. */
  tableBytes: number;
}

/** A file of the checkpoint: whole in memory, or a table that is computed where it is read. */
interface ReplicaFile extends FileEntry {
  read(start: number, end: number): Buffer;
}

export interface Replica {
  tables: ReplicaFile[];
  /** What a checkpoint has beside its tables; a later one of the same tables has a MANIFEST of another number. */
  others: (manifestNumber: number) => ReplicaFile[];
  /** Documents in the collection. */
  documents: number;
}

/** Every so many documents one was written again, and its newer version lies in a level above. */
export const rewritten = 10;
const lastSequence = 10_000;
const firstNumber = 10;
/** The last level: sequences are zero there, and MongoRocks writes no filters. */
const bottom = { level: 6, sequence: 0, filter: false };

/** Tables of one sort, each with so many entries of it. */
interface Kind {
  level: number;
  tables: number;
  entries: number;
  entry(i: number): ImageEntry;
  sequence: number;
  filter: boolean;
}

interface Placed {
  level: number;
  sequence: number;
  number: number;
  size: number;
  smallest: Buffer;
  largest: Buffer;
}

/**
 * The files of a checkpoint of one large collection with its `_id` index: the documents and index entries in level 6,
 * newer versions of every tenth document in level 5 (with filters, which the last level of MongoRocks has none of), the
 * catalog in level 1.
 */
export function buildReplica({ tables, tableBytes }: ReplicaShape): Replica {
  const records = entriesIn(tableBytes, recordEntry(0, 1));
  const ids = entriesIn(tableBytes, idEntry(0));
  // Each table of documents asks for so many tables in all.
  const perRecordTable = 1 + 1 / rewritten + records / ids;
  const recordTables = Math.floor((tables - 1) / perRecordTable / rewritten) * rewritten;
  if (recordTables === 0) throw new Error(`${tables} tables are too few`);
  const newerTables = recordTables / rewritten;
  const idTables = tables - 1 - recordTables - newerTables;
  // The index is as long as fits its tables, so that all of them are full.
  const documents = Math.min(recordTables * records, idTables * ids);

  const kinds: Kind[] = [
    {
      level: 5,
      tables: newerTables,
      entries: records,
      entry: (i) => recordEntry(i * rewritten, 2),
      sequence: 5000,
      filter: true,
    },
    { ...bottom, tables: recordTables, entries: records, entry: (i) => recordEntry(i, 1) },
    { ...bottom, tables: idTables, entries: ids, entry: idEntry },
  ];
  const catalog = catalogTable();
  const files = [catalog.file];
  const placed = [catalog.placed];
  for (const kind of kinds) {
    const image = (table: number, tailBytes?: number): TableImage =>
      new TableImage({ ...kind, entry: (i) => kind.entry(table * kind.entries + i) }, tailBytes);
    const tailBytes = image(0).tail().length;
    for (let table = 0; table < kind.tables; table++) {
      const { size, smallest, largest } = image(table, tailBytes);
      const number = firstNumber + files.length;
      placed.push({ ...kind, number, size, smallest, largest });
      // A new image for each read: kept ones would keep their tails.
      files.push(file(tableName(number), size, (start, end) => image(table, tailBytes).read(start, end)));
    }
  }
  const others = (manifestNumber: number): ReplicaFile[] => {
    const name = `MANIFEST-${String(manifestNumber).padStart(6, '0')}`;
    return [whole('CURRENT', Buffer.from(`${name}\n`)), whole(name, manifestOf(placed))];
  };
  return { tables: files, others, documents };
}

/** The table of the catalog, in level 1. */
function catalogTable(): { file: ReplicaFile; placed: Placed } {
  const entries = catalogEntries().map((entry) => ({ ...entry, sequence: lastSequence }));
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) throw new Error('the catalog has entries');
  const bytes = writeTable(entries, { filter: true });
  const bounds = { smallest: internalKey(first), largest: internalKey(last) };
  const placed = { level: 1, sequence: lastSequence, number: firstNumber, size: bytes.length, ...bounds };
  return { file: whole(tableName(firstNumber), bytes), placed };
}

/** Entries of a table of about `bytes` whose entries are like `sample`. */
function entriesIn(bytes: number, sample: ImageEntry): number {
  const shape = blockShape(sample.key.length, sample.value.length);
  return Math.max(1, Math.floor(bytes / shape.bytes)) * shape.entries;
}

function manifestOf(placed: Placed[]): Buffer {
  const edits = [Buffer.concat([manifestHead(), varint(4), varint(lastSequence)])];
  for (const { level, sequence, number, size, smallest, largest } of placed) {
    edits.push(
      Buffer.concat([
        ...[100, level, number, size].map(varint),
        lengthPrefixed(smallest),
        lengthPrefixed(largest),
        varint(sequence),
        varint(sequence),
      ]),
    );
  }
  return writeLog(edits);
}

function whole(name: string, bytes: Buffer): ReplicaFile {
  return { name, size: bytes.length, checksum: md5(bytes), read: (start, end) => bytes.subarray(start, end) };
}

/** A computed file; its checksum is only a name. */
function file(name: string, size: number, read: ReplicaFile['read']): ReplicaFile {
  return { name, size, checksum: md5(`${name} ${size}`), read };
}

function md5(content: string | Buffer): string {
  return createHash('md5').update(content).digest('hex');
}
