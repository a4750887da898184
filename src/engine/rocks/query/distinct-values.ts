import { field, items, type Value } from '../../../bson/value.ts';

/** The values of a dotted path in a document as `distinct` takes them: the items of arrays, on the way and at its end. */
export function* distinctValues(document: Value, path: string): Generator<Value> {
  yield* valuesAt(document, path.split('.'), 0);
}

function* valuesAt(value: Value, names: readonly string[], at: number): Generator<Value> {
  const name = names[at];
  if (name === undefined) {
    if (value.isArray()) yield* items(value);
    else yield value;
    return;
  }
  if (value.isDocument()) {
    const next = field(value, name);
    if (next) yield* valuesAt(next, names, at + 1);
    return;
  }
  if (!value.isArray()) return;
  if (/^\d+$/.test(name)) {
    const item = field(value, name);
    if (item) yield* valuesAt(item, names, at + 1);
    return;
  }
  for (const item of items(value)) if (item.isDocument()) yield* valuesAt(item, names, at);
}
