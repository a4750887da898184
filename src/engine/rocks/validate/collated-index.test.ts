import { describe, expect, it } from 'vitest';
import { memoryDatabase } from '../../../../test/support/memory-database.ts';
import { toValue } from '../../../bson/js.ts';
import { field, documentOf } from '../../../bson/value.ts';
import type { Collection } from '../catalog/collection.ts';
import { readIndex } from '../catalog/read-index.ts';
import { encodeEntry } from '../keystring/index-entry.ts';
import { recordKey } from '../keystring/record-id.ts';
import { keyIn, prefixOf } from '../prefix.ts';
import type { RocksEngineState } from '../state.ts';
import { CollatedIndex } from './collated-index.ts';

const records = prefixOf(5);
const entries = prefixOf(7);
const collection = { prefix: records, namespace: 'app.x' } as Collection;
const index = readIndex(
  toValue({
    spec: { v: 2, key: { a: 1 }, name: 'a_1', collation: { locale: 'en', strength: 2 } },
    ready: true,
  }),
  toValue({ a_1: 'index-1' }),
  { idents: new Map([['index-1', { prefix: entries, keyVersion: 1 }]]) },
)!;

/** Checks documents with these values of `a` against entries with these, each of them of a record by its number from 1 on. */
async function check(documents: unknown[], stored: [value: unknown, record: number][]) {
  const rows = documents.map((a, at): [Buffer, Buffer] => [
    recordKey(records, BigInt(at + 1)),
    Buffer.from(toValue({ _id: at, a }).slice()),
  ]);
  const written = stored.map(([a, record]): [Buffer, Buffer] => {
    const value = field(toValue({ a }), 'a')!;
    const { key, value: bits } = encodeEntry([value], BigInt(record), index.table!.layout);
    return [keyIn(entries, key), bits];
  });
  const state = { database: memoryDatabase([...rows, ...written]) } as RocksEngineState;
  const collated = new CollatedIndex(index);
  rows.forEach(([key, bytes]) => collated.add(documentOf(bytes), key.readBigInt64BE(4)));
  return collated.compare(state, collection, new AbortController().signal);
}

describe('an index with a collation', () => {
  it('is right when each document has its entry and equal strings have equal sort keys', async () => {
    const report = await check(
      ['b', 'a', 7, 'b', { x: ['a'] }],
      [
        [')', 2],
        ['+', 1],
        ['+', 4],
        [7, 3],
        [{ x: [')'] }, 5],
      ],
    );
    expect(report).toMatchObject({ entries: 5, compared: false, checked: true, errors: [], warnings: [] });
  });

  it.each<[string, unknown[], [unknown, number][], string]>([
    ['a document without an entry', ['a', 'b'], [[')', 1]], '1 documents have no entry'],
    [
      'an entry without a document',
      ['a'],
      [
        [')', 1],
        ['+', 9],
      ],
      'an entry for record 9 that it should not have',
    ],
    ['an entry of another type', [7], [[')', 1]], 'an entry for record 1 that it should not have'],
    ['an entry of another number', [7], [[8, 1]], 'an entry for record 1 that it should not have'],
    [
      'an entry too many',
      ['a'],
      [
        [')', 1],
        ['+', 1],
      ],
      'it has 2 entries, the documents have 1 at most',
    ],
    [
      'unlike sort keys',
      ['a', 'a'],
      [
        [')', 1],
        ['+', 2],
      ],
      'the entry of record 2 has another sort key than equal strings have',
    ],
  ])('with %s is not', async (_, documents, stored, problem) => {
    expect((await check(documents, stored)).errors).toContain(problem);
  });

  it('has entries for the items of an array, of which equal ones may be one', async () => {
    expect(
      (
        await check(
          [['a', 'A', 5]],
          [
            [')', 1],
            [5, 1],
          ],
        )
      ).errors,
    ).toEqual([]);
  });

  it('may lack a document whose key could be too long', async () => {
    expect((await check(['x'.repeat(400)], [])).errors).toEqual([]);
  });

  it('warns of another order than the ICU at hand has', async () => {
    const { errors, warnings } = await check(
      ['b', 'a'],
      [
        [')', 1],
        ['+', 2],
      ],
    );
    expect(errors).toEqual([]);
    expect(warnings.join()).toContain('1 neighbouring strings are in another order');
  });
});
