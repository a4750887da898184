import { ByteReader } from './byte-reader.ts';
import { FormatError, UnsupportedFormatError } from './damage.ts';

/** An SST file as the MANIFEST describes it. Bounds are the user keys of its first and last entry. */
export interface TableFile {
  number: number;
  level: number;
  /** Bytes. */
  size: number;
  smallest: Buffer;
  largest: Buffer;
}

/** What one record of a MANIFEST changes. Absent fields change nothing. */
export interface VersionEdit {
  comparator?: string;
  logNumber?: number;
  lastSequence?: number;
  /** "level/number" of files that are no longer part of the database. */
  deleted: string[];
  added: TableFile[];
  columnFamily: number;
  /** The name, if the edit creates a column family other than the default one. */
  newColumnFamily?: string;
  dropsColumnFamily: boolean;
  /** How many records that belong to the same atomic group follow. */
  groupRemaining: number;
}

const ignorable = 1 << 13;
const fileTagNotIgnorable = 1 << 6;

/**
 * Decodes a version edit (db/version_edit.cc; section 9.6 of the format's description).
 * Throws FormatError for bad bytes and UnsupportedFormatError for a tag that must not be passed over.
 */
export function decodeVersionEdit(data: Buffer): VersionEdit {
  const reader = new ByteReader(data);
  const edit: VersionEdit = {
    deleted: [],
    added: [],
    columnFamily: 0,
    dropsColumnFamily: false,
    groupRemaining: 0,
  };
  while (!reader.done) readField(reader, edit, reader.varint32());
  return edit;
}

function readField(reader: ByteReader, edit: VersionEdit, tag: number): void {
  switch (tag) {
    case 1:
      edit.comparator = reader.lengthPrefixed().toString('latin1');
      return;
    case 2:
      edit.logNumber = reader.varint64();
      return;
    case 4:
      edit.lastSequence = reader.varint64();
      return;
    case 3: // next file number
    case 9: // previous log number
    case 10: // oldest log number to keep
      reader.varint64();
      return;
    case 5: // where the next compaction of a level starts
      reader.varint32();
      reader.lengthPrefixed();
      return;
    case 6:
      edit.deleted.push(`${reader.varint32()}/${reader.varint64()}`);
      return;
    case 7:
    case 100:
    case 102:
    case 103:
      edit.added.push(readFile(reader, tag));
      return;
    case 200:
      edit.columnFamily = reader.varint32();
      return;
    case 201:
      edit.newColumnFamily = reader.lengthPrefixed().toString('utf8');
      return;
    case 202:
      edit.dropsColumnFamily = true;
      return;
    case 203: // largest number of a column family
      reader.varint32();
      return;
    case 300:
      edit.groupRemaining = reader.varint32();
      return;
    default:
      if ((tag & ignorable) === 0) throw new UnsupportedFormatError(`unknown field ${tag}`);
      reader.lengthPrefixed();
  }
}

function readFile(reader: ByteReader, tag: number): TableFile {
  const level = reader.varint32();
  const number = reader.varint64();
  if (tag === 102) refusePath(reader.varint32());
  const size = reader.varint64();
  const smallest = userKey(reader.lengthPrefixed());
  const largest = userKey(reader.lengthPrefixed());
  if (tag !== 7) {
    reader.varint64(); // smallest sequence number
    reader.varint64(); // largest sequence number
  }
  if (tag === 103) skipCustomFields(reader);
  return { number, level, size, smallest, largest };
}

function skipCustomFields(reader: ByteReader): void {
  for (let tag = reader.varint32(); tag !== 1; tag = reader.varint32()) {
    const value = reader.lengthPrefixed();
    if (tag === 65) refusePath(new ByteReader(value).byte());
    else if ((tag & fileTagNotIgnorable) !== 0) {
      throw new UnsupportedFormatError(`unknown field ${tag} of a file`);
    }
  }
}

function refusePath(path: number): void {
  if (path !== 0) throw new UnsupportedFormatError('a file lies in another directory (db_paths)');
}

function userKey(internal: Buffer): Buffer {
  if (internal.length < 8) throw new FormatError('a bound of a file is too short');
  return internal.subarray(0, internal.length - 8);
}
