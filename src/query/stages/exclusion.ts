import { BsonType } from '../../bson/types.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { elements, items, type Value } from '../../bson/value.ts';

/** One level of a projection that leaves fields out: `null` leaves the field out, a deeper level works on what it holds. */
export type Exclusion = Map<string, Exclusion | null>;

/** Adds a path to what is left out. */
export function exclude(level: Exclusion, [name = '', ...rest]: readonly string[]): void {
  if (rest.length === 0) {
    level.set(name, null);
    return;
  }
  let next = level.get(name);
  if (!next) {
    next = new Map();
    level.set(name, next);
  }
  exclude(next, rest);
}

/** A value without what is left out: documents, and documents in arrays at any depth. */
export function withoutFields(value: Value, level: Exclusion): Value {
  if (value.type === BsonType.object) {
    const builder = new DocumentBuilder(value.end - value.start);
    for (const element of elements(value)) {
      const next = level.get(element.name);
      if (next === undefined) builder.append(element.name, element.value);
      else if (next !== null) builder.append(element.name, withoutFields(element.value, next));
    }
    return builder.finish();
  }
  if (value.type !== BsonType.array) return value;
  const builder = new DocumentBuilder(value.end - value.start);
  for (const item of items(value)) builder.push(withoutFields(item, level));
  return builder.finishArray();
}
