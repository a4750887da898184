import type { DocumentBuilder } from '../../../bson/builder.ts';
import type { Collator } from '../../../bson/compare.ts';
import { groupingKey } from '../../../bson/grouping-key.ts';
import { field, items, type Value } from '../../../bson/value.ts';
import { location } from '../../../query/errors.ts';
import { newReply } from '../reply.ts';

const maxReplyBytes = 16 * 1024 * 1024;

/** Collects the reply of distinct. */
export class DistinctValues {
  readonly #reply = newReply(4096).openArray('values');
  readonly #seen = new Set<string>();
  readonly #path: string;
  readonly #collator: Collator | undefined;

  constructor(path: string, collator: Collator | undefined) {
    this.#path = path;
    this.#collator = collator;
  }

  /** Adds what is new of the documents' values. Throws 17217 when the reply would not fit into a document. */
  add(documents: readonly Value[]): void {
    for (const document of documents) {
      for (const value of distinctValues(document, this.#path)) this.addValue(value);
    }
  }

  addValue(value: Value): void {
    const key = groupingKey(value, this.#collator);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (this.#reply.size > maxReplyBytes) throw location(17217, 'distinct too big, 16mb cap');
    this.#reply.push(value);
  }

  reply(): DocumentBuilder {
    return this.#reply.close();
  }
}

/** The values of a dotted path in a document as `distinct` takes them: the items of arrays, on the way and at its end. */
function* distinctValues(document: Value, path: string): Generator<Value> {
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
