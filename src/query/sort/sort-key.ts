import { compareValues, type Collator } from '../../bson/compare.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { doubleValue, nullValue } from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import { Value } from '../../bson/value.ts';
import { valueEnd } from '../../bson/layout.ts';
import { CommandError } from '../errors.ts';
import type { MatchContext } from '../match/hooks.ts';
import { findField, type ValueTest } from '../match/path-walker.ts';
import type { MatchNode } from '../match/tree.ts';
import { metadataOf } from '../metadata.ts';
import { executorError } from '../projection/project.ts';
import { indexKeys, type IndexKey } from './index-keys.ts';
import type { SortField } from './pattern.ts';
import { queryBounds } from './query-bounds.ts';

/** Takes sort keys out of documents and compares them, as mongod 3.4's find does. */
export class SortKeys {
  readonly #fields: readonly SortField[];
  readonly #collator: Collator | undefined;
  readonly #paths: string[];
  readonly #names: Buffer[][];
  readonly #bounds: (ValueTest | undefined)[] | undefined;

  /** `filter` is the query: it decides which item of an array counts (see queryBounds). */
  constructor(fields: readonly SortField[], context: MatchContext, filter?: MatchNode) {
    this.#fields = fields;
    this.#collator = context.collator;
    this.#paths = fields.filter((each) => each.meta === undefined).map(({ path }) => path);
    this.#names = this.#paths.map((path) => path.split('.').map((part) => Buffer.from(`${part}\0`, 'utf8')));
    this.#bounds = filter && queryBounds(fields, filter, context);
  }

  /** The key of a document, one value a field. Throws CommandError (96) if two arrays meet. */
  keyOf(document: Value): IndexKey {
    const key = this.#plainKey(document) ?? this.#keyWithArrays(document);
    if (this.#paths.length === this.#fields.length) return key;
    const score = doubleValue(metadataOf(document)?.textScore ?? 0);
    let next = 0;
    return this.#fields.map((each) => (each.meta === undefined ? (key[next++] ?? nullValue) : score));
  }

  compare(a: IndexKey, b: IndexKey): number {
    for (let i = 0; i < this.#fields.length; i++) {
      const order = compareValues(a[i], b[i], this.#collator);
      if (order !== 0) return order * (this.#fields[i] as SortField).direction;
    }
    return 0;
  }

  /** The key as `{$meta: "sortKey"}` shows it: fields with empty names. */
  asDocument(key: IndexKey): Value {
    const builder = new DocumentBuilder();
    for (const value of key) builder.append('', value);
    return builder.finish();
  }

  /** Without arrays, the usual case, a key is found in one walk a field; undefined if an array lies on the way. */
  #plainKey(document: Value): IndexKey | undefined {
    const key: IndexKey = [];
    for (const names of this.#names) {
      const value = plainValue(document, names);
      if (value.type === BsonType.array) return undefined;
      key.push(value);
    }
    return key;
  }

  #keyWithArrays(document: Value): IndexKey {
    let best: IndexKey | undefined;
    let bestInBounds: IndexKey | undefined;
    for (const key of this.#allKeys(document)) {
      if (best === undefined || this.#comparePaths(key, best) < 0) best = key;
      if (
        this.#isInBounds(key) &&
        (bestInBounds === undefined || this.#comparePaths(key, bestInBounds) < 0)
      ) {
        bestInBounds = key;
      }
    }
    return bestInBounds ?? best ?? [];
  }

  #allKeys(document: Value): IndexKey[] {
    try {
      return indexKeys(document, this.#paths);
    } catch (error) {
      if (error instanceof CommandError && error.code === 171) {
        throw executorError('cannot sort with keys that are parallel arrays');
      }
      throw error;
    }
  }

  #comparePaths(a: IndexKey, b: IndexKey): number {
    let next = 0;
    for (const { direction, meta } of this.#fields) {
      if (meta !== undefined) continue;
      const order = compareValues(a[next], b[next], this.#collator);
      if (order !== 0) return order * direction;
      next++;
    }
    return 0;
  }

  #isInBounds(key: IndexKey): boolean {
    if (this.#bounds === undefined) return false;
    return key.every((value, i) => {
      const test = this.#bounds?.[i];
      return test === undefined || test(value.type, value.bytes, value.start, value.end);
    });
  }
}

function plainValue(document: Value, names: readonly Buffer[]): Value {
  const { bytes } = document;
  let { start, end } = document;
  for (let i = 0; ; i++) {
    const name = names[i] as Buffer;
    const at = findField(bytes, start, end, name);
    if (at < 0) return nullValue;
    const type = bytes[at] as number;
    start = at + 1 + name.length;
    end = valueEnd(bytes, type, start, end);
    if (type === BsonType.array || i + 1 === names.length) return new Value(type, bytes, start, end);
    if (type !== BsonType.object) return nullValue;
  }
}
