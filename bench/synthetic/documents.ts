import { ObjectId } from 'bson';
import { toValue } from '../../src/bson/js.ts';
import { encodeEntry, type KeyLayout } from '../../src/engine/rocks/keystring/index-entry.ts';
import { recordKey } from '../../src/engine/rocks/keystring/record-id.ts';
import { keyIn, prefixOf } from '../../src/engine/rocks/prefix.ts';
import type { ImageEntry } from './table-image.ts';

/** The collection `huge.things`: its documents are computed from their numbers, 0, 1, 2, ... */
export const dbName = 'huge';
export const collectionName = 'things';

const idents = { catalog: '_mdb_catalog', records: 'collection-1', index: 'index-2' };
const prefixes = { catalog: prefixOf(1), records: prefixOf(16), index: prefixOf(17) };
const idLayout: KeyLayout = { ordering: [1], version: 1, unique: true };

/** Record ids from here on up to its double are written in the same number of bytes. */
const firstRecordId = 2 ** 30;

/** The `_id` of a document. */
export function idOf(number: number): ObjectId {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(0x58000000);
  bytes.writeUIntBE(number, 6, 6);
  return new ObjectId(bytes);
}

const filler = 'All work and no play makes a backup a dull one. '.repeat(18);
const digits = 12;
const template = documentBytes(0, 1);
const places = {
  id: template.indexOf(Buffer.from(idOf(0).id)),
  name: template.indexOf('0'.repeat(digits)),
  version: template.indexOf('version\0') + 'version\0'.length,
};

function documentBytes(number: number, version: number): Buffer {
  const name = `thing ${String(number).padStart(digits, '0')}`;
  return Buffer.from(toValue({ _id: idOf(number), version, name, filler }).slice());
}

/** The entry of a document in its collection. `version` tells one write of it from another. */
export function recordEntry(number: number, version: number): ImageEntry {
  const value = Buffer.from(template);
  value.writeUIntBE(number, places.id + 6, 6);
  value.writeInt32LE(version, places.version);
  value.write(String(number).padStart(digits, '0'), places.name, 'latin1');
  return { key: recordKey(prefixes.records, BigInt(firstRecordId + number)), value };
}

/** The entry of a document in the `_id` index. */
export function idEntry(number: number): ImageEntry {
  const { key, value } = encodeEntry([toValue(idOf(number))], BigInt(firstRecordId + number), idLayout);
  return { key: keyIn(prefixes.index, key), value };
}

/** What MongoRocks and MongoDB keep about the collection: the tables' prefixes and the catalog. */
export function catalogEntries(): ImageEntry[] {
  const namespace = `${dbName}.${collectionName}`;
  const md = {
    ns: namespace,
    options: {},
    indexes: [{ spec: { v: 2, key: { _id: 1 }, name: '_id_', ns: namespace }, ready: true, multikey: false }],
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
    })),
    {
      key: recordKey(prefixes.catalog, 1n),
      value: bytesOf({ md, idxIdent: { _id_: idents.index }, ns: namespace, ident: idents.records }),
    },
  ];
}

function bytesOf(document: object): Buffer {
  return Buffer.from(toValue(document).slice());
}
