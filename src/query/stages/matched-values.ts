import { BsonType } from '../../bson/types.ts';
import { field, items, type Value } from '../../bson/value.ts';

/**
 * All values at a dotted path that a filter on it may match: through arrays of documents and by position in arrays; an array at
 * the end counts as its items.
 */
export function* matchedValues(document: Value, path: readonly string[], at = 0): Generator<Value> {
  const name = path[at];
  if (name === undefined) return;
  const value = field(document, name);
  if (value === undefined) return;
  const last = at + 1 === path.length;
  if (value.type === BsonType.array) {
    if (last) yield* items(value);
    else yield* throughArray(value, path, at + 1);
  } else if (last) yield value;
  else if (value.type === BsonType.object) yield* matchedValues(value, path, at + 1);
}

function* throughArray(array: Value, path: readonly string[], at: number): Generator<Value> {
  const name = path[at] ?? '';
  if (/^(0|[1-9]\d*)$/.test(name)) {
    const item = field(array, name);
    if (item !== undefined) {
      const last = at + 1 === path.length;
      if (item.type === BsonType.array) {
        if (last) yield* items(item);
        else yield* throughArray(item, path, at + 1);
      } else if (last) yield item;
      else if (item.type === BsonType.object) yield* matchedValues(item, path, at + 1);
    }
  }
  for (const item of items(array)) if (item.type === BsonType.object) yield* matchedValues(item, path, at);
}
