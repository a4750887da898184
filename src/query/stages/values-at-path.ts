import { BsonType } from '../../bson/types.ts';
import { field, items, type Value } from '../../bson/value.ts';

/**
 * All values that $lookup finds at a dotted path: through arrays of documents; an array at the end counts as its items. A number
 * in the path is a position where it meets an array, and nothing else.
 */
export function* valuesAtPath(document: Value, path: readonly string[], at = 0): Generator<Value> {
  let value = field(document, path[at] ?? '');
  let next = at + 1;
  while (next < path.length && value?.type === BsonType.array && isPosition(path[next] as string)) {
    value = itemAt(value, Number(path[next]));
    next++;
  }
  if (value === undefined) return;
  if (next === path.length) {
    if (value.type === BsonType.array) yield* items(value);
    else yield value;
  } else if (value.type === BsonType.object) yield* valuesAtPath(value, path, next);
  else if (value.type === BsonType.array) {
    for (const item of items(value)) if (item.type === BsonType.object) yield* valuesAtPath(item, path, next);
  }
}

const mostPositions = 2 ** 32;

function isPosition(name: string): boolean {
  return /^\d+$/.test(name) && Number(name) < mostPositions;
}

function itemAt(array: Value, index: number): Value | undefined {
  return field(array, String(index));
}

/**
 * All values that $graphLookup goes on from: like those of $lookup, but through arrays in arrays too, fields with dots in
 * their names first, and items that are arrays as their items.
 */
export function* valuesAlongPath(document: Value, path: string): Generator<Value> {
  for (const value of elementsAlongPath(document, path)) {
    if (value.type === BsonType.array) yield* items(value);
    else yield value;
  }
}

function* elementsAlongPath(document: Value, path: string): Generator<Value> {
  const whole = field(document, path);
  if (whole !== undefined) {
    if (whole.type === BsonType.array) yield* items(whole);
    else yield whole;
    return;
  }
  const dot = path.indexOf('.');
  if (dot < 0) return;
  const value = field(document, path.slice(0, dot));
  const rest = path.slice(dot + 1);
  if (value?.type === BsonType.object || (value?.type === BsonType.array && /^\d+(\.|$)/.test(rest))) {
    yield* elementsAlongPath(value, rest);
  } else if (value?.type === BsonType.array) {
    for (const item of items(value)) {
      if (item.type === BsonType.object || item.type === BsonType.array) yield* elementsAlongPath(item, rest);
    }
  }
}
