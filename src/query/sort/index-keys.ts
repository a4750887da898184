import { BsonType } from '../../bson/types.ts';
import { nullValue, undefinedValue } from '../../bson/make.ts';
import { field, items, type Value } from '../../bson/value.ts';
import { CommandError, location } from '../errors.ts';

/** One key: a value for each path of the pattern. */
export type IndexKey = Value[];

/**
 * The keys that a document has in an ordinary (btree) index on `paths`: one key, or one for each item of an array on
 * the way, in the order of the items, equal keys repeated. A missing field is null, an empty array undefined. Two different arrays are an
 * error (171), a numeric name that is both an index and a field too (16746), as in mongod.
 */
export function indexKeys(document: Value, paths: readonly string[]): IndexKey[] {
  const keys: IndexKey[] = [];
  const slots = paths.map((path) => ({ rest: path.split('.'), value: nullValue, positional: undefined }));
  expand(slots, document, keys);
  return keys;
}

/** How far the path of one field has been followed. */
interface Slot {
  /** The components still to follow. */
  rest: string[];
  /** The value once found. */
  value: Value;
  /** Set while in an array of which `rest` names an item by its index; `isArray` if that item is an array itself. */
  positional: { found: Value | undefined; rest: string[]; isArray: boolean } | undefined;
}

function expand(before: readonly Slot[], document: Value | undefined, keys: IndexKey[]): void {
  let array: { value: Value; name: string } | undefined;
  const inArray = new Set<number>();
  let opensItems = true;
  const slots = before.map((slot, index): Slot => {
    if (slot.rest.length === 0) return slot;
    const { found, rest } = nextValue(slot, document);
    if (found === undefined) return { rest: [], value: nullValue, positional: undefined };
    if (found.type !== BsonType.array) return { rest: [], value: found, positional: undefined };
    inArray.add(index);
    // An array that is an item named by its index is a value as a whole.
    if (slot.positional?.isArray === true) opensItems = false;
    const name = slot.rest[slot.rest.length - rest.length - 1] ?? '';
    if (array !== undefined && array.value.start !== found.start) {
      throw new CommandError(
        171,
        'CannotIndexParallelArrays',
        `cannot index parallel arrays [${name}] [${array.name}]`,
      );
    }
    array ??= { value: found, name };
    return { rest, value: found, positional: undefined };
  });
  if (array === undefined) {
    keys.push(slots.map((slot) => slot.value));
    return;
  }
  const { value: arrayValue } = array;
  const entries = [...items(arrayValue)];
  const inside = slots.map((slot, index): Slot => {
    const name = slot.rest[0];
    const item = inArray.has(index) && name !== undefined ? field(arrayValue, name) : undefined;
    if (item === undefined) return slot;
    return { ...slot, positional: { ...follow(arrayValue, slot.rest), isArray: item.isArray() } };
  });
  for (const entry of entries.length === 0 ? [undefinedValue] : entries) {
    const here = inside.map((slot, index) =>
      inArray.has(index) && slot.rest.length === 0
        ? { ...slot, value: opensItems ? entry : arrayValue }
        : slot,
    );
    expand(here, entry.type === BsonType.object ? entry : undefined, keys);
  }
}

function nextValue(slot: Slot, document: Value | undefined): { found: Value | undefined; rest: string[] } {
  const name = slot.rest[0] ?? '';
  const hasField = document !== undefined && field(document, name) !== undefined;
  if (slot.positional === undefined)
    return hasField ? follow(document, slot.rest) : { found: undefined, rest: [] };
  if (!hasField) return slot.positional;
  throw location(
    16746,
    `Ambiguous field name found in array (do not use numeric field names in embedded elements in an array), field: '${name}'`,
  );
}

/** Follows the components through documents, up to the first array or the end. */
function follow(container: Value, path: readonly string[]): { found: Value | undefined; rest: string[] } {
  let current = container;
  for (const [index, name] of path.entries()) {
    const found = field(current, name);
    const rest = path.slice(index + 1);
    if (found === undefined || found.type === BsonType.array || rest.length === 0) return { found, rest };
    if (found.type !== BsonType.object) return { found: undefined, rest: [] };
    current = found;
  }
  return { found: undefined, rest: [] };
}
