import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/** One file of a RocksDB checkpoint as a backup lists it: name, size in bytes, partial checksum (32 hex digits). */
export interface FileEntry {
  name: string;
  size: number;
  checksum: string;
}

/** Which backup a metadata or stats key speaks of; `time` is in nanoseconds since the Unix epoch. */
export interface BackupRef {
  replica: string;
  id: string;
  time: bigint;
}

/** The folder of what mongoq alone keeps (leases). rocks-strata never lists it: it looks at one replica's folders. */
const ownFolder = 'mongoq';

const reserved = new Set(['metadata', 'stats', 'file_metadata']);

/**
 * Throws catalogReplicaId for an id that cannot name a replica: empty, with a slash, a control character, a folder of
 * the layout, `.` or `..`. An id may hold `_` and `.`.
 */
export function checkReplicaId(replica: string): void {
  const problem = replicaIdProblem(replica);
  if (problem)
    throw new MongoqError(ErrorCode.catalogReplicaId, `replica id ${JSON.stringify(replica)} ${problem}`);
}

/** As checkReplicaId, and refuses `mongoq` too, whose folder holds the leases: for everything that writes. */
export function checkWritableReplicaId(replica: string): void {
  checkReplicaId(replica);
  if (replica === ownFolder)
    throw new MongoqError(
      ErrorCode.catalogReplicaId,
      `replica id "${ownFolder}" is the name of mongoq's own folder`,
    );
}

function replicaIdProblem(replica: string): string | undefined {
  if (replica === '') return 'is empty';
  if (replica.includes('/')) return 'contains a slash';
  if (replica === '.' || replica === '..') return 'is not a name';
  if (hasControlCharacter(replica)) return 'contains a control character';
  if (reserved.has(replica)) return 'is the name of a folder of the layout';
  return undefined;
}

/** Whether `name` can be a file in one directory: what is restored or mounted must not leave it. */
export function isSafeFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !hasControlCharacter(name);
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return true;
  }
  return false;
}

/** `R/NAME_<checksum>_<size>`: the key of a data file. */
export function dataKey(replica: string, file: FileEntry): string {
  return `${replica}/${file.name}_${file.checksum}_${file.size}`;
}

/** `file_metadata/R/NAME_<checksum>_<size>`: the key of a data file's MD5. */
export function fileMetadataKey(replica: string, file: FileEntry): string {
  return `file_metadata/${dataKey(replica, file)}`;
}

/** `metadata/R/<id>_<ns>.json`: the key that makes a backup exist. */
export function metadataKey(ref: BackupRef): string {
  return `metadata/${ref.replica}/${ref.id}_${ref.time}.json`;
}

/** `stats/R/<id>_<ns>.json`: the key of a backup's figures. */
export function statsKey(ref: BackupRef): string {
  return `stats/${ref.replica}/${ref.id}_${ref.time}.json`;
}

/** `mongoq/lease/R.json`: the key of a replica's lease. */
export function leaseKey(replica: string): string {
  return `${ownFolder}/lease/${replica}.json`;
}

/** The reverse of metadataKey and statsKey; undefined for a key of another form. An id has no `_` and no `/`. */
export function parseBackupKey(key: string, folder: 'metadata' | 'stats'): BackupRef | undefined {
  const match = /^([a-z]+)\/([^/]+)\/([^/_]*)_(\d{1,19})\.json$/s.exec(key);
  if (match?.[1] !== folder) return undefined;
  const [, , replica = '', id = '', time = ''] = match;
  return { replica, id, time: BigInt(time) };
}

/** The reverse of dataKey; undefined for a key of another form. */
export function parseDataKey(key: string): { replica: string; file: FileEntry } | undefined {
  const match = /^([^/]+)\/([^/]+)_([0-9a-f]{32})_(\d{1,16})$/s.exec(key);
  if (!match) return undefined;
  const [, replica = '', name = '', checksum = '', digits = ''] = match;
  const size = Number(digits);
  if (!Number.isSafeInteger(size) || String(size) !== digits) return undefined;
  return { replica, file: { name, size, checksum } };
}
