import { describe, expect, it } from 'vitest';
import { toValue } from '../../../bson/js.ts';
import { documentOf, type Value } from '../../../bson/value.ts';
import { memoryDatabase } from '../../../../test/support/memory-database.ts';
import type { Collection } from '../catalog/collection.ts';
import { readIndex } from '../catalog/read-index.ts';
import { entryPredictor } from '../index-keys/expected-entries.ts';
import { encodeEntry } from '../keystring/index-entry.ts';
import { recordKey } from '../keystring/record-id.ts';
import { intValue } from '../../../bson/make.ts';
import { keyIn, prefixOf } from '../prefix.ts';
import type { RocksEngineState } from '../state.ts';
import { ExpectedIndex } from './validate-index.ts';

const records = prefixOf(5);
const entries = prefixOf(7);
const index = readIndex(
  toValue({ spec: { v: 2, key: { a: 1 }, name: 'a_1' }, ready: true }),
  toValue({ a_1: 'index-1' }),
  { idents: new Map([['index-1', { prefix: entries, keyVersion: 1 }]]) },
)!;
const collection = { prefix: records, namespace: 'app.x' } as Collection;
const layout = index.table!.layout;
const document = (a: number) => Buffer.from(toValue({ _id: a, a }).slice());

function entryOf(a: number, id: bigint): [Buffer, Buffer] {
  const { key, value } = encodeEntry([intValue(a)], id, layout);
  return [keyIn(entries, key), value];
}

async function compare(documents: number[], stored: [Buffer, Buffer][]) {
  const rows = documents.map((a, at): [Buffer, Buffer] => [recordKey(records, BigInt(at + 1)), document(a)]);
  const state = { database: memoryDatabase([...rows, ...stored]) } as RocksEngineState;
  const expected = new ExpectedIndex(index);
  rows.forEach(([key, bytes]) => expected.add(documentOf(bytes), key.readBigInt64BE(4)));
  return expected.compare(state, collection, new AbortController().signal);
}

describe('an index compared with its documents', () => {
  it('is right when each has the other', async () => {
    const report = await compare([10, 20], [entryOf(10, 1n), entryOf(20, 2n)]);
    expect(report).toMatchObject({ entries: 2, compared: true, errors: [] });
  });

  it('names the entry that is missing', async () => {
    const { errors } = await compare([10, 20], [entryOf(10, 1n)]);
    expect(errors).toEqual(['it has 1 entries, the documents have 2', 'no entry for record 2 ({ : 20 })']);
  });

  it('names the entry that has no document, or another one', async () => {
    const { errors } = await compare([10], [entryOf(10, 1n), entryOf(30, 1n), entryOf(40, 9n)]);
    expect(errors.slice(1)).toEqual([
      'an entry for record 1 that it should not have ({ : 30 })',
      'an entry for record 9 that it should not have ({ : 40 })',
    ]);
  });

  it('reports bytes that are no entry', async () => {
    const { errors } = await compare(
      [10],
      [entryOf(10, 1n), [keyIn(entries, Buffer.of(0x77)), Buffer.alloc(0)]],
    );
    expect(errors[0]).toMatch(/the record id is cut off/);
  });
});

describe('a 2dsphere index compared with its documents', () => {
  const sphere = readIndex(
    toValue({
      spec: { v: 2, key: { loc: '2dsphere' }, name: 'loc', '2dsphereIndexVersion': 3 },
      ready: true,
    }),
    toValue({ loc: 'index-1' }),
    { idents: new Map([['index-1', { prefix: entries, keyVersion: 1 }]]) },
  )!;
  const at = (x: number, y: number) => toValue({ _id: 1, loc: [x, y] });
  const errorsOf = async (document: Value, stored: Value) => {
    const rows = entryPredictor(sphere)!(stored, 1n).map(({ key, value }): [Buffer, Buffer] => [
      keyIn(entries, key),
      value,
    ]);
    const record: [Buffer, Buffer] = [recordKey(records, 1n), Buffer.from(document.slice())];
    const state = { database: memoryDatabase([record, ...rows]) } as RocksEngineState;
    const expected = new ExpectedIndex(sphere);
    expected.add(document, 1n);
    return (await expected.compare(state, collection, new AbortController().signal)).errors;
  };

  it('may have a point at the edge of a cell on either side, as its server rounded', async () => {
    expect(await errorsOf(at(0, 0), at(-1e-14, 1e-14))).toEqual([]);
    expect(await errorsOf(at(0, 0), at(-1e-6, 0))).toHaveLength(3);
    expect(await errorsOf(at(12.3, 4.5), at(12.3, 4.5000001))).toHaveLength(3);
  });
});
