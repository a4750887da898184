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

/**
 * The values of a dotted path in a document as `distinct` takes them: the items of arrays, on the way and at its end. A
 * field whose name has the dots in it goes before a path.
 */
function* distinctValues(container: Value, path: string): Generator<Value> {
  const whole = field(container, path);
  if (whole !== undefined) {
    if (whole.isArray()) yield* items(whole);
    else yield whole;
    return;
  }
  const dot = path.indexOf('.');
  const next = dot < 0 ? undefined : field(container, path.slice(0, dot));
  if (next === undefined) return;
  const rest = path.slice(dot + 1);
  if (next.isDocument() || (next.isArray() && /^\d+(\.|$)/.test(rest))) {
    yield* distinctValues(next, rest);
  } else if (next.isArray()) {
    for (const item of items(next)) if (item.isDocument()) yield* distinctValues(item, rest);
  }
}
