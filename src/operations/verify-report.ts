import type { Backup } from '../catalog/catalog.ts';

/** What is wrong with an object, or a backup. */
export type FindingKind =
  /** Metadata that cannot be read: nothing is known of that backup's files. */
  | 'metadata'
  /** Metadata that names a file twice. */
  | 'duplicate'
  /** An object that is not there. */
  | 'missing'
  /** An object of another size than its backup says. */
  | 'size'
  /** An object that the store does not give in full. */
  | 'unreadable'
  /** Bytes that are not those that were stored. */
  | 'checksum'
  /** A block, record or footer of a RocksDB file that is damaged. */
  | 'format'
  /** A recorded MD5 that cannot be read. */
  | 'file-metadata'
  /** Documents and indexes that do not fit together, or no BSON. */
  | 'content';

/** One fault and what it affects. */
export interface Finding {
  kind: FindingKind;
  /** The object's key. */
  key: string;
  /** A sentence, with the offset where one is known. */
  message: string;
  /** The ids of the backups that need the object; `<id>_<ns>` where an id is not unique. */
  backups: string[];
  /** The namespaces that may have lost data; undefined where that cannot be told: then it may be any. */
  namespaces: string[] | undefined;
}

/** What a verification found; made for JSON. */
export interface VerifyReport {
  replica: string;
  store: string;
  level: 1 | 2;
  deep: boolean;
  /** Percent of the objects whose bytes were read; 100 unless a sample was asked for. */
  sample: number;
  good: boolean;
  backups: { id: string; time: string; files: number; bytes: number; good: boolean }[];
  /** Different objects that the backups need, and how many of them were read in this run and in the one it resumed. */
  objects: { needed: number; bytes: number; read: number; readBytes: number; resumed: number };
  /** Objects that could not be checked against an MD5, because none is recorded; their partial checksum was. */
  withoutMd5: number;
  /** Backups whose content could not be looked at, because the built-in engine does not read their format, and why. */
  notOpened: { id: string; message: string }[];
  findings: Finding[];
}

/** A fault that a deep check found in one backup. */
export interface DeepFinding {
  message: string;
  namespace?: string | undefined;
  /** The file of the backup that is at fault, if one is. */
  file?: string | undefined;
}

/** Opens a backup, reads every document and compares every index; the built-in engine provides it. */
export type DeepCheck = (backup: Backup, signal: AbortSignal) => AsyncIterable<DeepFinding>;

/**
 * Opens a backup as far as that needs, and tells for a file of it which namespaces may have data there; undefined where
 * that cannot be told.
 */
export type NamespacesOf = (
  backup: Backup,
  signal: AbortSignal,
) => Promise<(file: string) => string[] | undefined>;
