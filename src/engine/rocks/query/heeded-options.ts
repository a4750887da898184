import { BsonType } from '../../../bson/types.ts';
import { elements, type Value } from '../../../bson/value.ts';
import type { Collection } from '../catalog/collection.ts';
import type { FindOptions } from './find-options.ts';

/** What of a find's options says how the collection is read. */
type ReadingOptions = Pick<FindOptions, 'hint' | 'min' | 'max'>;

const none: ReadingOptions = { hint: undefined, min: undefined, max: undefined };

/**
 * The options for reading that count: mongod looks at none of them for a tailable cursor, and neither at `min` nor at `max`
 * for a snapshot or where it takes its shortcut for one `_id`.
 */
export function heededOptions(collection: Collection | undefined, options: FindOptions): ReadingOptions {
  const { hint, min, max, tailable, snapshot } = options;
  if (tailable) return none;
  if (snapshot || isIdLookup(collection, options)) return { ...none, hint };
  return { hint, min, max };
}

/** Whether mongod 3.4 takes its shortcut: the filter is a plain `_id`, and nothing asks for another way. */
function isIdLookup(collection: Collection | undefined, options: FindOptions): boolean {
  const { filter, hint, skip, showRecordId, collation } = options;
  if (hint !== undefined || skip > 0 || showRecordId || collation !== undefined) return false;
  if (collection?.indexes.some(({ isId }) => isId) !== true) return false;
  const fields = [...elements(filter)].filter(({ name }) => name !== '$isolated' && name !== '$atomic');
  return fields.length > 0 && fields.every(({ name, value }) => name === '_id' && isOneValue(value));
}

const rangeTypes = new Set<number>([
  BsonType.array,
  BsonType.regex,
  BsonType.null,
  BsonType.undefined,
  BsonType.symbol,
  BsonType.dbPointer,
]);

function isOneValue(value: Value): boolean {
  if (value.type !== BsonType.object) return !rangeTypes.has(value.type);
  for (const { name } of elements(value)) return !name.startsWith('$');
  return true;
}
