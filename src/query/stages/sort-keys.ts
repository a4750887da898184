import { stringOf } from '../../bson/access.ts';
import { compareValues, type Collator } from '../../bson/compare.ts';
import { doubleValue } from '../../bson/make.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, nameBytes, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { splitFieldPath, valueAtPath } from '../expression/field-path.ts';
import { castToInt } from '../match/cast.ts';
import { metadataOf } from '../metadata.ts';

/** One part of a $sort specification. */
export interface SortPart {
  /** The names of a field path; undefined sorts by `meta`. */
  path: readonly Buffer[] | undefined;
  meta?: 'textScore' | 'randVal';
  descending: boolean;
}

/** A document with the values that it is sorted by. */
export interface Keyed {
  readonly document: Value;
  readonly keys: readonly (Value | undefined)[];
}

/** Parses a $sort specification. Throws 15973 to 15976, 17307, 17308 or 17312. */
export function parseSortParts(specification: Value): SortPart[] {
  if (specification.type !== BsonType.object) {
    throw location(15973, 'the $sort key specification must be an object');
  }
  const parts = [...elements(specification)].map(({ name, value }): SortPart => {
    if (value.type === BsonType.object) {
      return { path: undefined, meta: metaOf(value), descending: true };
    }
    if (!isNumberType(value.type)) {
      throw location(15974, "$sort key ordering must be specified using a number or {$meta: 'textScore'}");
    }
    const direction = castToInt(value);
    if (direction !== 1n && direction !== -1n) {
      throw location(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    }
    return { path: splitFieldPath(name).map(nameBytes), descending: direction < 0 };
  });
  if (parts.length === 0) throw location(15976, '$sort stage must have at least one sort key');
  return parts;
}

/** Only the first field counts, as in mongod. */
function metaOf(expression: Value): 'textScore' | 'randVal' {
  const [first] = elements(expression);
  if (first?.name !== '$meta')
    throw location(17312, '$meta is the only expression supported by $sort right now');
  if (first.value.type !== BsonType.string) throw location(17307, '$meta only supports string arguments');
  const meta = stringOf(first.value);
  if (meta === 'textScore' || meta === 'randVal') return meta;
  throw location(17308, `Unsupported argument to $meta: ${meta}`);
}

/** The values by which a document is sorted: an array counts as a whole, unlike in `find` (mongod 3.4). */
export function keyed(document: Value, parts: readonly SortPart[]): Keyed {
  const keys = parts.map(({ path, meta = 'textScore' }) =>
    path === undefined ? doubleValue(metadataOf(document)?.[meta] ?? 0) : valueAtPath(document, path, 0),
  );
  return { document, keys };
}

/** Compares by the parts in turn. */
export function comparatorOf(
  parts: readonly SortPart[],
  collator: Collator | undefined,
): (a: Keyed, b: Keyed) => number {
  return (a, b) => {
    for (const [index, { descending }] of parts.entries()) {
      const order = compareValues(a.keys[index], b.keys[index], collator);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
}
