import { intOf, numberOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { documentOf, field } from '../../../bson/value.ts';
import { ErrorCode } from '../../../base/error-codes.ts';
import { MongoqError } from '../../../base/errors.ts';
import type { Database } from '../../../rocksdb/database.ts';
import type { KeyVersion } from '../keystring/key-types.ts';
import { scanDatabase } from '../scan/database-scan.ts';
import { prefixOf, tableEnd, tableStart, type Prefix } from '../prefix.ts';

/** Where an ident (a collection's or an index's table) lies. */
export interface IdentConfig {
  prefix: Prefix;
  keyVersion: KeyVersion;
}

/** What prefix 0 tells: the tables. Counters are left out: they lag behind the data. */
export interface KeySpace {
  idents: Map<string, IdentConfig>;
}

const metadata = 'metadata';

/**
 * Reads the engine's metadata (prefix 0). Throws engineUnsupported for databases of MongoRocks 4.x, which keep a
 * timestamp in every key, and for index formats that are not known.
 */
export async function readKeySpace(database: Database, signal?: AbortSignal): Promise<KeySpace> {
  const idents = new Map<string, IdentConfig>();
  const zero = prefixOf(0);
  const lower = Buffer.concat([zero, Buffer.from(metadata)]);
  const upper = Buffer.concat([zero, Buffer.from('metadatb')]);
  for await (const batch of scanDatabase(database, { lower, upper, signal, eager: true })) {
    for (let i = 0; i < batch.length; i++) {
      const text = batch.key(i).toString('latin1', 4 + metadata.length);
      refuseTimestamps(text);
      // MongoRocks 4.x writes a dash after the word, 3.x does not; idents never start with one.
      const ident = text.startsWith('-') ? text.slice(1) : text;
      idents.set(ident, readConfig(ident, batch.value(i)));
    }
  }
  if (!idents.has('_mdb_catalog')) {
    throw unsupported('the database holds no MongoDB catalog of MongoRocks');
  }
  return { idents };
}

/** The fork of RocksDB under MongoRocks 4.0 to 4.2.5 appends eight bytes to every key, which are zero on these keys. */
function refuseTimestamps(text: string): void {
  if (text.startsWith('-') && text.endsWith('\0'.repeat(8))) {
    throw unsupported('the database was written by MongoRocks 4.x, which keeps a timestamp in every key');
  }
}

function readConfig(ident: string, value: Buffer): IdentConfig {
  const config = documentOf(value);
  const prefix = field(config, 'prefix');
  if (prefix?.type !== BsonType.int) throw unsupported(`the table ${ident} has no prefix`);
  const version = numberOf(field(config, 'index_format_version')) ?? 0;
  if (version !== 0 && version !== 1) {
    throw unsupported(`the index ${ident} has the unknown format version ${version}`);
  }
  return { prefix: prefixOf(intOf(prefix)), keyVersion: version };
}

function unsupported(message: string): MongoqError {
  return new MongoqError(ErrorCode.engineUnsupported, message, {
    hint: 'The built-in engine reads MongoRocks 3.2, 3.4 and 3.6. Give a mongod that reads it with --mongod-path.',
  });
}

/** The range of all entries of a table. */
export function tableRange(prefix: Prefix): { lower: Buffer; upper: Buffer } {
  return { lower: tableStart(prefix), upper: tableEnd(prefix) };
}
