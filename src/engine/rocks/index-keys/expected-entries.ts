import { field, type Value } from '../../../bson/value.ts';
import { compileMatcher } from '../../../query/match/compile.ts';
import { parseFilter } from '../../../query/match/parse.ts';
import { textIndexOf } from '../../../query/text/text-index.ts';
import type { Index } from '../catalog/collection.ts';
import { hashedValue } from '../keystring/hash.ts';
import { encodeEntry, type IndexEntry, type KeyLayout } from '../keystring/index-entry.ts';
import type { RecordId } from '../keystring/record-id.ts';
import { btreeKeys } from './btree-keys.ts';
import { flatKeys, haystackKeys, isHaystack } from './flat-keys.ts';
import { roundedKeys, sphereKeys, sphereOptionsOf } from './sphere-keys.ts';
import { textKeys } from './text-keys.ts';

/** Keys of this many bytes and more were never indexed by servers up to 4.0. */
const keySizeLimit = 1024;

/** Predicts the entries of a document in an index. */
export type EntryPredictor = (document: Value, id: RecordId) => IndexEntry[];

/**
 * What an index should hold for a document; undefined for one with a collation: its sort keys cannot be predicted.
 */
export function entryPredictor(index: Index): EntryPredictor | undefined {
  const { table, partialFilter } = index;
  if (table === undefined || index.collation !== undefined) return undefined;
  const keysOf = keyFunction(index);
  if (keysOf === undefined) return undefined;
  const isIncluded = partialFilter ? compileMatcher(parseFilter(partialFilter, {}), {}) : () => true;
  return (document, id) => {
    if (!isIncluded(document)) return [];
    return entriesOf(keysOf(document), id, table.layout);
  };
}

/**
 * What an index may hold for a document besides: in a 2dsphere index a point on the edge of a cell may lie on either side, as its coordinates
 * were rounded. Undefined for other indexes.
 */
export function toleratedPredictor({ type, table, fields, spec }: Index): EntryPredictor | undefined {
  if (type !== '2dsphere' || table === undefined) return undefined;
  const options = sphereOptionsOf(spec);
  return (document, id) => entriesOf(roundedKeys(document, fields, options), id, table.layout);
}

function keyFunction(index: Index): ((document: Value) => Value[][]) | undefined {
  const paths = index.fields.map(({ path }) => path);
  switch (index.type) {
    case 'btree':
      return plainKeys(index);
    case 'hashed':
      return (document) =>
        btreeKeys(document, paths, index.sparse).map((key) => key.map((value) => hashedValue(value)));
    case 'text': {
      const text = textIndexOf(index.spec);
      return (document) => textKeys(document, text);
    }
    case '2d':
      return (document) => flatKeys(document, index);
    case '2dsphere': {
      const options = sphereOptionsOf(index.spec);
      return (document) => sphereKeys(document, index.fields, options);
    }
    default:
      return isHaystack(index) ? (document) => haystackKeys(document, index) : undefined;
  }
}

/** The values of a document's keys in an ordinary index, as they are before a collation changes the strings. */
export function plainKeys({ isId, fields, sparse }: Index): (document: Value) => Value[][] {
  const paths = fields.map(({ path }) => path);
  return isId
    ? (document) => [[field(document, '_id')].filter((value) => value !== undefined)]
    : (document) => btreeKeys(document, paths, sparse);
}

function entriesOf(keys: readonly Value[][], id: RecordId, layout: KeyLayout): IndexEntry[] {
  const entries = new Map<string, IndexEntry>();
  for (const key of keys) {
    if (keySize(key) >= keySizeLimit) continue;
    const entry = encodeEntry(key, id, layout);
    const text = entry.key.toString('latin1');
    // Of equal keys the first one's types stay.
    if (!entries.has(text)) entries.set(text, entry);
  }
  return [...entries.values()];
}

/** As a BSON document whose field names are empty. */
function keySize(key: readonly Value[]): number {
  return key.reduce((size, value) => size + 2 + value.end - value.start, 5);
}
