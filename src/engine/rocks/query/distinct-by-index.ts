import type { Value } from '../../../bson/value.ts';
import { BsonType } from '../../../bson/types.ts';
import type { Collection, Index } from '../catalog/collection.ts';
import { tableRange } from '../catalog/key-space.ts';
import { fieldsEnd } from '../keystring/decode.ts';
import { valuesOf } from '../keystring/index-entry.ts';
import { justAfter } from '../keystring/key-types.ts';
import { hasPosition } from '../planner/multikey.ts';
import { isComplete } from '../planner/usable.ts';
import { entryError } from '../scan/damaged-document.ts';
import type { RocksEngineState } from '../state.ts';

type ReadableIndex = Index & { table: NonNullable<Index['table']> };

/** The index that tells the distinct values of a path in a whole collection: one that begins with it and has every document. */
export function distinctIndex(collection: Collection, path: string): ReadableIndex | undefined {
  if (hasPosition(path)) return undefined;
  return collection.indexes.find(
    (index): index is ReadableIndex =>
      index.table !== undefined &&
      index.type === 'btree' &&
      index.collation === undefined &&
      index.fields[0]?.path === path &&
      isComplete(index),
  );
}

/** What an index tells of the values of its first field. */
export interface IndexValues {
  values: Value[];
  /** Some documents have null, nothing or an empty array there: the index does not tell which. */
  unsure: boolean;
}

/**
 * The values of an index's first field, each once: within what was read entries are compared by their bytes, then the scan jumps
 * behind the last value. Throws engineDamaged.
 */
export async function distinctByIndex(
  { database }: RocksEngineState,
  { name, table }: ReadableIndex,
  signal: AbortSignal,
): Promise<IndexValues> {
  const { ordering, version } = table.layout;
  const found: IndexValues = { values: [], unsure: false };
  const cursor = database.scan({ ...tableRange(table.prefix), signal });
  let last: Buffer | undefined;
  try {
    for (let batch = await cursor.next(); batch; batch = await cursor.next()) {
      for (let i = 0; i < batch.length; i++) {
        const key = batch.key(i);
        if (last && beginsWith(key, last)) continue;
        let value: Value | undefined;
        try {
          last = Buffer.from(key.subarray(0, fieldsEnd(key, 4, ordering, version, 1)));
          [value] = valuesOf(key, batch.value(i), table.layout, 4);
        } catch (error) {
          throw entryError(name, key, error);
        }
        if (value === undefined) continue;
        if (value.type === BsonType.null || value.type === BsonType.undefined) found.unsure = true;
        else found.values.push(value);
      }
      if (last) cursor.seek(Buffer.concat([last, Buffer.of(justAfter)]));
    }
  } finally {
    cursor.close();
  }
  return found;
}

/** Whether a key begins with the encoding of a value: a string that goes on with a NUL has another byte behind it. */
function beginsWith(key: Buffer, body: Buffer): boolean {
  if (key.length <= body.length || key.compare(body, 0, body.length, 0, body.length) !== 0) return false;
  const next = key[body.length];
  return next !== 0xff && next !== 0x00;
}
