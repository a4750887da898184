import { createHash } from 'node:crypto';
import { printDocument } from '../../../bson/print.ts';
import { messageOf } from '../../../base/errors.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { documentOf, type Value } from '../../../bson/value.ts';
import type { Collection, Index } from '../catalog/collection.ts';
import { tableRange } from '../catalog/key-space.ts';
import { entryPredictor, toleratedPredictor, type EntryPredictor } from '../index-keys/expected-entries.ts';
import { recordIdsOf, valuesOf, type IndexEntry, type KeyLayout } from '../keystring/index-entry.ts';
import { recordIdAt, recordKey, recordKeyLength, type RecordId } from '../keystring/record-id.ts';
import { keyIn } from '../prefix.ts';
import { scanDatabase } from '../scan/database-scan.ts';
import type { RocksEngineState } from '../state.ts';

/** How many problems of one kind are named. */
export const named = 10;

export interface IndexReport {
  name: string;
  /** Entries in the index. */
  entries: number;
  /** Whether the entries were compared with the documents, not only read. */
  compared: boolean;
  errors: string[];
  /** Whether they were checked in all that can be told of an index with a collation. */
  checked?: boolean;
  /** What looks odd and may be right. */
  warnings: string[];
}

/** A digest of a set of entries that does not depend on their order: entries are unique, so XOR is enough. */
class EntrySet {
  count = 0;
  readonly #digest = Buffer.alloc(16);

  add({ key, value }: IndexEntry): void {
    this.count++;
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(key.length);
    const hash = createHash('md5').update(length).update(key).update(value).digest();
    for (let i = 0; i < 16; i++) this.#digest[i] = (this.#digest[i] ?? 0) ^ (hash[i] ?? 0);
  }

  equals(other: EntrySet): boolean {
    return this.count === other.count && this.#digest.equals(other.#digest);
  }
}

/** What the documents of a collection should have in an index, gathered while they are read. */
export class ExpectedIndex {
  readonly index: Index;
  readonly #predict: EntryPredictor | undefined;
  readonly #expected = new EntrySet();
  readonly #errors: string[] = [];

  constructor(index: Index) {
    this.index = index;
    this.#predict = entryPredictor(index);
  }

  add(document: Value, id: RecordId): void {
    if (this.#predict === undefined) return;
    try {
      for (const entry of this.#predict(document, id)) this.#expected.add(entry);
    } catch (error) {
      if (this.#errors.length < named) this.#errors.push(`record ${id}: ${messageOf(error)}`);
    }
  }

  /** Compares with what the index holds, both ways. Throws the store's errors, and engineDamaged for damaged blocks. */
  async compare(state: RocksEngineState, collection: Collection, signal: AbortSignal): Promise<IndexReport> {
    const { name, table } = this.index;
    const errors = [...this.#errors];
    const report = { name, entries: 0, compared: this.#predict !== undefined, errors, warnings: [] };
    if (table === undefined) {
      errors.push('the index cannot be read: it was being built, or its table is not known');
      return report;
    }
    const stored = new EntrySet();
    const range = { ...tableRange(table.prefix), signal, eager: true };
    for await (const batch of scanDatabase(state.database, range)) {
      for (let i = 0; i < batch.length; i++) {
        const entry = { key: batch.key(i).subarray(4), value: batch.value(i) };
        stored.add(entry);
        const problem = damage(entry, table.layout);
        if (problem !== undefined && errors.length < named) errors.push(problem);
      }
    }
    report.entries = stored.count;
    if (this.#predict && !stored.equals(this.#expected)) {
      const before = errors.length;
      await this.#nameDifferences(state, collection, this.#predict, errors, signal);
      const tolerated = errors.length === before && toleratedPredictor(this.index) !== undefined;
      if (!tolerated || stored.count !== this.#expected.count) {
        const counts = `it has ${stored.count} entries, the documents have ${this.#expected.count}`;
        errors.splice(before, 0, counts);
      }
    }
    return report;
  }

  /** Looks up what is missing and what should not be there, until there are enough examples. */
  async #nameDifferences(
    { database }: RocksEngineState,
    { prefix }: Collection,
    predict: EntryPredictor,
    errors: string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { table } = this.index;
    if (prefix === undefined || table === undefined) return;
    const full = (): boolean => errors.length >= 2 * named;
    const tolerated = toleratedPredictor(this.index);
    const holds = async ({ key, value }: IndexEntry): Promise<boolean> =>
      (await database.get(keyIn(table.prefix, key), signal))?.equals(value) === true;
    for await (const batch of scanDatabase(database, { ...tableRange(prefix), signal })) {
      for (let i = 0; i < batch.length && !full(); i++) {
        const key = batch.key(i);
        if (key.length !== recordKeyLength) continue;
        const id = recordIdAt(key, 0);
        for (const entry of predicted(predict, batch.value(i), id)) {
          if (await holds(entry)) continue;
          const others = await Promise.all(predicted(tolerated, batch.value(i), id).map(holds));
          if (others.includes(true)) continue;
          errors.push(`no entry for record ${id} (${describe(entry.key, entry.value, table.layout)})`);
        }
      }
      if (full()) return;
    }
    for await (const batch of scanDatabase(database, { ...tableRange(table.prefix), signal })) {
      for (let i = 0; i < batch.length && !full(); i++) {
        const key = batch.key(i).subarray(4);
        const value = batch.value(i);
        if (damage({ key, value }, table.layout) !== undefined) continue;
        for (const id of recordIdsOf(key, value, table.layout)) {
          const record = await database.get(recordKey(prefix, id), signal);
          const wanted = [...predicted(predict, record, id), ...predicted(tolerated, record, id)];
          if (wanted.some((entry) => entry.key.equals(key))) continue;
          errors.push(
            `an entry for record ${id} that it should not have (${describe(key, value, table.layout)})`,
          );
        }
      }
      if (full()) return;
    }
  }
}

/** The entries that a record should have: none if it is not there, or damaged, which was told when the records were read. */
function predicted(
  predict: EntryPredictor | undefined,
  record: Buffer | undefined,
  id: RecordId,
): IndexEntry[] {
  if (predict === undefined || record === undefined) return [];
  try {
    return predict(documentOf(record), id);
  } catch {
    return [];
  }
}

/** What keeps an entry from being read, if anything does. */
export function damage({ key, value }: IndexEntry, layout: KeyLayout): string | undefined {
  try {
    recordIdsOf(key, value, layout);
    valuesOf(key, value, layout);
    return undefined;
  } catch (error) {
    return `${messageOf(error)} (${key.toString('hex')})`;
  }
}

function describe(key: Buffer, value: Buffer, layout: KeyLayout): string {
  const document = new DocumentBuilder();
  for (const item of valuesOf(key, value, layout)) document.append('', item);
  return printDocument(document.finish());
}
