import { messageOf } from '../../../base/errors.ts';
import { stringOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import type { Collator } from '../../../bson/compare.ts';
import { stringValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import { documentOf, elements, items, type Value } from '../../../bson/value.ts';
import { parseCollation } from '../../../query/collation.ts';
import { compileMatcher } from '../../../query/match/compile.ts';
import { parseFilter } from '../../../query/match/parse.ts';
import type { Collection, Index } from '../catalog/collection.ts';
import { tableRange } from '../catalog/key-space.ts';
import { plainKeys } from '../index-keys/expected-entries.ts';
import { encodeKey } from '../keystring/encode.ts';
import { recordIdsOf, valuesOf, type KeyLayout } from '../keystring/index-entry.ts';
import { recordKey, type RecordId } from '../keystring/record-id.ts';
import { scanDatabase } from '../scan/database-scan.ts';
import { IdSet } from '../scan/id-set.ts';
import type { RocksEngineState } from '../state.ts';
import { damage, named, type IndexReport } from './validate-index.ts';

/** Keys whose values are shorter are indexed whatever their sort keys are: of 1024 bytes and more none is. */
const surelyShort = 128;

/** How many different texts are remembered with their sort keys. */
const mostTexts = 100_000;

/** A key of a document: its bytes without its texts, and these. */
interface Masked {
  shape: string;
  texts: readonly string[];
}

/**
 * What can be said of an index with a collation. Its strings are sort keys of the server's ICU, which cannot be computed here. Each
 * entry must be of a document that has a key of that shape (all but the strings), each document must have one, and equal texts must
 * have equal sort keys; whether the order of different texts is that of this runtime's ICU is no more than a warning.
 */
export class CollatedIndex {
  readonly index: Index;
  readonly #collator: Collator | undefined;
  readonly #isIncluded: (document: Value) => boolean;
  readonly #keysOf: (document: Value) => Value[][];
  readonly #errors: string[] = [];
  /** Documents that must have an entry. */
  #certain = 0;
  /** Entries that there can be at most. */
  #most = 0;

  constructor(index: Index) {
    this.index = index;
    this.#collator = index.collation && parseCollation(index.collation);
    const { partialFilter } = index;
    const context = { collator: this.#collator };
    this.#isIncluded = partialFilter
      ? compileMatcher(parseFilter(partialFilter, context), context)
      : () => true;
    this.#keysOf = plainKeys(index);
  }

  add(document: Value, id: RecordId): void {
    try {
      const keys = this.#keys(document);
      this.#most += keys.length;
      if (isCertain(keys)) this.#certain++;
    } catch (error) {
      if (this.#errors.length < named) this.#errors.push(`record ${id}: ${messageOf(error)}`);
    }
  }

  /** Looks at every entry and the document that it belongs to. Throws the store's errors, and engineDamaged for damaged blocks. */
  async compare(state: RocksEngineState, { prefix }: Collection, signal: AbortSignal): Promise<IndexReport> {
    const { name, table } = this.index;
    const report: IndexReport = {
      name,
      entries: 0,
      compared: false,
      checked: true,
      errors: [...this.#errors],
      warnings: [],
    };
    const { errors } = report;
    if (table === undefined || prefix === undefined) {
      errors.push('the index cannot be read: it was being built, or its table is not known');
      return report;
    }
    const walk = new EntryWalk(table.layout, this.#collator, report);
    for await (const batch of scanDatabase(state.database, {
      ...tableRange(table.prefix),
      signal,
      eager: true,
    })) {
      const entries: { id: RecordId; values: Value[] }[] = [];
      for (let i = 0; i < batch.length; i++) {
        const entry = { key: batch.key(i).subarray(4), value: batch.value(i) };
        report.entries++;
        const problem = damage(entry, table.layout);
        if (problem !== undefined) report.errors.push(problem);
        else {
          const values = valuesOf(entry.key, entry.value, table.layout);
          for (const id of recordIdsOf(entry.key, entry.value, table.layout)) entries.push({ id, values });
        }
      }
      const records = await state.database.getMany(
        entries.map(({ id }) => recordKey(prefix, id)),
        signal,
      );
      // Of an index that is all wrong there would be as many as it has entries.
      errors.splice(named);
      entries.forEach(({ id, values }, at) => {
        const bytes = records[at];
        walk.see(id, values, this.#keysOfRecord(bytes));
      });
    }
    if (walk.certain < this.#certain) errors.push(`${this.#certain - walk.certain} documents have no entry`);
    if (report.entries > this.#most)
      errors.push(`it has ${report.entries} entries, the documents have ${this.#most} at most`);
    errors.splice(named);
    walk.conclude();
    return report;
  }

  /** None if the record is not there, or damaged, which was told when it was added. */
  #keysOfRecord(record: Buffer | undefined): Value[][] {
    try {
      return record === undefined ? [] : this.#keys(documentOf(record));
    } catch {
      return [];
    }
  }

  #keys(document: Value): Value[][] {
    return this.#isIncluded(document) ? this.#keysOf(document) : [];
  }
}

/** What is seen on the way through the entries, in their order. */
class EntryWalk {
  /** Documents with an entry among those that must have one. */
  certain = 0;
  readonly #seen = new IdSet();
  readonly #sortKeys = new Map<string, string>();
  readonly #layout: KeyLayout;
  readonly #collator: Collator | undefined;
  readonly #report: IndexReport;
  #last: { text: string; sortKey: string } | undefined;
  #outOfOrder = 0;

  constructor(layout: KeyLayout, collator: Collator | undefined, report: IndexReport) {
    this.#layout = layout;
    this.#collator = collator;
    this.#report = report;
  }

  see(id: RecordId, values: readonly Value[], expected: readonly Value[][]): void {
    const { errors } = this.#report;
    const stored = masked(values, this.#layout, 'latin1');
    const alike = expected
      .map((key) => masked(key, this.#layout, 'utf8'))
      .filter(({ shape }) => shape === stored.shape);
    const [key] = alike;
    if (key === undefined) {
      errors.push(`an entry for record ${id} that it should not have`);
      return;
    }
    if (this.#seen.add(id) && isCertain(expected)) this.certain++;
    // Of several keys of one shape it is not known which the entry is of.
    if (new Set(alike.map(({ texts }) => texts.join('\0'))).size > 1) return;
    key.texts.forEach((text, at) => this.#pair(id, text, stored.texts[at] ?? ''));
    this.#order(values[0]?.type === BsonType.string ? key.texts[0] : undefined, stored.texts[0]);
  }

  /** Says what is no more than a warning. */
  conclude(): void {
    if (this.#outOfOrder === 0) return;
    this.#report.warnings.push(
      `${this.#outOfOrder} neighbouring strings are in another order than in the ICU ${process.versions.icu} that mongoq runs with; the server's is 57.1`,
    );
  }

  #pair(id: RecordId, text: string, sortKey: string): void {
    const known = this.#sortKeys.get(text);
    if (known === undefined) {
      if (this.#sortKeys.size < mostTexts) this.#sortKeys.set(text, sortKey);
    } else if (known !== sortKey) {
      this.#report.errors.push(`the entry of record ${id} has another sort key than equal strings have`);
    }
  }

  /** Compares with the entry before, where both are a string. */
  #order(text: string | undefined, sortKey: string | undefined): void {
    const last = this.#last;
    this.#last = undefined;
    if (text === undefined || sortKey === undefined || this.#layout.ordering.length > 1) return;
    this.#last = { text, sortKey };
    if (last === undefined || this.#collator === undefined) return;
    const order = this.#collator.compare(last.text, text) * (this.#layout.ordering[0] ?? 1);
    if (last.sortKey === sortKey ? order !== 0 : order >= 0) this.#outOfOrder++;
  }
}

/** Whether a document with these keys must have an entry: it has keys, and none can be too long. */
function isCertain(keys: readonly Value[][]): boolean {
  return (
    keys.length > 0 &&
    keys.every((key) => key.reduce((size, value) => size + value.end - value.start, 0) < surelyShort)
  );
}

/** A key with every string empty. Sort keys are bytes, of which `latin1` keeps each. */
function masked(
  key: readonly Value[],
  { ordering, version }: KeyLayout,
  encoding: 'utf8' | 'latin1',
): Masked {
  const texts: string[] = [];
  const values = key.map((value) => withoutText(value, texts, encoding));
  return { shape: encodeKey(values, ordering, version).key.toString('latin1'), texts };
}

function withoutText(value: Value, texts: string[], encoding: 'utf8' | 'latin1'): Value {
  switch (value.type) {
    case BsonType.string:
      texts.push(
        encoding === 'utf8'
          ? stringOf(value)
          : value.bytes.toString('latin1', value.start + 4, value.end - 1),
      );
      return stringValue('');
    case BsonType.object: {
      const builder = new DocumentBuilder();
      for (const { name, value: inner } of elements(value))
        builder.append(name, withoutText(inner, texts, encoding));
      return builder.finish();
    }
    case BsonType.array: {
      const builder = new DocumentBuilder();
      for (const item of items(value)) builder.push(withoutText(item, texts, encoding));
      return builder.finishArray();
    }
    default:
      return value;
  }
}
