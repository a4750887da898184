import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError, messageOf } from '../base/errors.ts';
import { goJson } from './go-json.ts';
import { isSafeFileName, type FileEntry } from './layout.ts';
import { formatTime, parseTime } from './time.ts';

/** What a backup's metadata object holds. `time` is in nanoseconds since the Unix epoch. */
export interface BackupMetadata {
  /** As listed; a name may come twice in a damaged backup. */
  files: FileEntry[];
  /** The replica id under which the files lie. */
  sourceId: string;
  id: string;
  /** mongod's dbPath when the backup was made. */
  path: string;
  tags: string[] | null;
  time: bigint;
}

/** A backup's figures: files and bytes in all, files and bytes that were new, and nanoseconds that it took. */
export interface BackupStats {
  files: number;
  newFiles: number;
  bytes: number;
  newBytes: number;
  duration: number;
}

/** The metadata object's bytes, as rocks-strata writes them; the files are sorted by name. */
export function writeMetadata(metadata: BackupMetadata): Buffer {
  const files = metadata.files
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    .map(({ name, size, checksum }) => ({ name, size, checksum }));
  return Buffer.from(
    goJson({
      files: files.length === 0 ? null : files,
      source_id: metadata.sourceId,
      id: metadata.id,
      path: metadata.path,
      tags: metadata.tags,
      time: formatTime(metadata.time),
    }),
  );
}

/** The stats object's bytes, as rocks-strata writes them. */
export function writeStats(stats: BackupStats): Buffer {
  return Buffer.from(
    goJson({
      num_files: stats.files,
      num_ifiles: stats.newFiles,
      size_files: stats.bytes,
      size_ifiles: stats.newBytes,
      duration: stats.duration,
    }),
  );
}

/** The bytes of a file_metadata object, from a file's MD5 (16 bytes). */
export function writeFileMetadata(md5: Buffer): Buffer {
  return Buffer.from(goJson({ completechecksum: md5.toString('base64') }));
}

/** Reads a metadata object; throws catalogMetadata, naming `key` and what is wrong. */
export function parseMetadata(key: string, bytes: Buffer): BackupMetadata {
  const fields = parseObject(key, bytes);
  const list = fields['files'] ?? [];
  if (!Array.isArray(list)) throw damaged(key, 'files is not a list');
  const time = parseTime(text(key, fields, 'time'));
  if (time === undefined) throw damaged(key, 'time is not a time');
  return {
    files: list.map((entry: unknown, i) => parseFile(key, entry, i)),
    sourceId: text(key, fields, 'source_id'),
    id: text(key, fields, 'id'),
    path: text(key, fields, 'path'),
    tags: parseTags(key, fields['tags']),
    time,
  };
}

function parseFile(key: string, entry: unknown, index: number): FileEntry {
  const where = `files[${index}]`;
  if (!isObject(entry)) throw damaged(key, `${where} is not an object`);
  const { name, size, checksum } = entry;
  if (typeof name !== 'string' || !isSafeFileName(name))
    throw damaged(key, `${where} has no name that a file can have`);
  if (!isCount(size)) throw damaged(key, `${where} (${name}) has no valid size`);
  if (typeof checksum !== 'string' || !/^[0-9a-f]{32}$/.test(checksum))
    throw damaged(key, `${where} (${name}) has no valid checksum`);
  return { name, size, checksum };
}

function parseTags(key: string, tags: unknown): string[] | null {
  if (tags === null || tags === undefined) return null;
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
  throw damaged(key, 'tags is not a list of strings');
}

/** Reads a stats object; throws catalogMetadata. */
export function parseStats(key: string, bytes: Buffer): BackupStats {
  const fields = parseObject(key, bytes);
  return {
    files: count(key, fields, 'num_files'),
    newFiles: count(key, fields, 'num_ifiles'),
    bytes: count(key, fields, 'size_files'),
    newBytes: count(key, fields, 'size_ifiles'),
    duration: count(key, fields, 'duration'),
  };
}

/** Reads a file_metadata object: the file's MD5 (16 bytes); throws catalogMetadata. */
export function parseFileMetadata(key: string, bytes: Buffer): Buffer {
  const checksum = text(key, parseObject(key, bytes), 'completechecksum');
  const md5 = Buffer.from(checksum, 'base64');
  if (md5.length !== 16) throw damaged(key, 'completechecksum is not an MD5');
  return md5;
}

function parseObject(key: string, bytes: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw damaged(key, messageOf(error));
  }
  if (!isObject(value)) throw damaged(key, 'it is not an object');
  return value;
}

function text(key: string, fields: Record<string, unknown>, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw damaged(key, `${name} is not a string`);
  return value;
}

function count(key: string, fields: Record<string, unknown>, name: string): number {
  const value = fields[name];
  if (!isCount(value)) throw damaged(key, `${name} is not a count`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function damaged(key: string, problem: string): MongoqError {
  return new MongoqError(ErrorCode.catalogMetadata, `${key} cannot be read: ${problem}`);
}
