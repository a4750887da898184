import { ErrorCode } from '../../../base/error-codes.ts';
import { MongoqError } from '../../../base/errors.ts';
import type { Value } from '../../../bson/value.ts';
import type { KeyLayout } from '../keystring/index-entry.ts';
import type { Prefix } from '../prefix.ts';

/** One field of an index's key pattern. */
export interface IndexField {
  path: string;
  /** 1 and -1 are ordinary fields; the others name how the value is turned into a key. */
  kind: 'ascending' | 'descending' | 'hashed' | 'text' | '2d' | '2dsphere' | 'other';
}

export interface Index {
  name: string;
  /** The specification as stored. */
  spec: Value;
  /** The `key` document of the specification. */
  keyPattern: Value;
  fields: readonly IndexField[];
  /** 'btree' if every field is ordinary, else the kind of the special field. */
  type: 'btree' | 'hashed' | 'text' | '2d' | '2dsphere' | 'other';
  /** Undefined if the index cannot be read: it was being built, or its table has no metadata. */
  table: { prefix: Prefix; layout: KeyLayout } | undefined;
  isId: boolean;
  unique: boolean;
  sparse: boolean;
  multikey: boolean;
  /** For each field, whether an array was seen at each component of its path; undefined where the server kept none. */
  multikeyPaths: ReadonlyMap<string, readonly boolean[]> | undefined;
  partialFilter: Value | undefined;
  /** The collation's specification; undefined is the simple one. */
  collation: Value | undefined;
}

export interface Collection {
  db: string;
  name: string;
  namespace: string;
  options: Value;
  /** Undefined if the table has no metadata: the collection cannot be read. */
  prefix: Prefix | undefined;
  indexes: readonly Index[];
  capped: boolean;
  oplog: boolean;
  /** The default collation's specification; undefined is the simple one. */
  collation: Value | undefined;
}

/** The prefix of a collection's documents. Throws engineDamaged if the backup does not tell it: they are not none. */
export function recordsOf({ namespace, prefix }: Collection): Prefix {
  if (prefix) return prefix;
  throw new MongoqError(
    ErrorCode.engineDamaged,
    `${namespace} cannot be read: the backup does not tell where its documents are`,
  );
}

/** A view: a pipeline over a collection or another view. */
export interface View {
  name: string;
  viewOn: string;
  pipeline: readonly Value[];
  collation: Value | undefined;
}
