import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromEjson } from '../../../bson/ejson-read.ts';
import { printValue } from '../../../bson/print.ts';
import { documentOf, items } from '../../../bson/value.ts';
import { hashedValue } from './hash.ts';
import { encodeEntry, recordIdsOf, valuesOf, type KeyLayout } from './index-entry.ts';
import type { KeyVersion } from './key-types.ts';

interface Vector {
  version: KeyVersion;
  ordering: number[];
  recordId: string;
  keyHex: string;
  entryKeyHex: string;
  valueHex: string;
  keyBson: string;
  unique?: boolean;
  hashOfBson?: string;
}

const file = path.join(import.meta.dirname, '../../../../test/fixtures/formats/keystring-vectors.jsonl');
const vectors = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

const layoutOf = (vector: Vector): KeyLayout => ({
  ordering: vector.ordering,
  version: vector.version,
  unique: vector.unique ?? false,
});
const hex = (bytes: Buffer) => bytes.toString('hex').toUpperCase();
const valuesIn = (text: string) => [...items(documentOf(Buffer.from(text, 'hex')))];

describe('a key as mongod 3.4 shows it', () => {
  const layout: KeyLayout = { ordering: [1], version: 1, unique: false };
  const shown = (text: string, ordering = 1): string => {
    const written = { ...layout, ordering: [ordering] };
    const { key, value } = encodeEntry([fromEjson(text)], 1n, written);
    return printValue(valuesOf(key, value, written, 0, true)[0]!);
  };

  it.each([
    // Seen on a real server.
    ['9007199254740993.5', '9007199254740992.5'],
    ['12345678901234567890.123', '12345678901234567890.123'],
    ['123.4500', '123.4500'],
    // What follows from how it reads.
    ['-9007199254740993.5', '-9007199254740992.5'],
    ['9007199254740994.5', '9007199254740994.5'],
    ['36028797018963971.25', '36028797018963968.25'],
    ['9007199254740993', '9007199254740993'],
    ['4503599627370497.25', '4503599627370497.25'],
  ])('%s is %s', (stored, text) => {
    const decimal = JSON.stringify({ $numberDecimal: stored });
    expect([shown(decimal), shown(decimal, -1)]).toEqual([text, text]);
  });
});

describe('entries that a real server wrote', () => {
  it('are there', () => expect(vectors.length).toBeGreaterThan(1700));

  it('encode to the same key and value', () => {
    const wrong = vectors.filter((vector) => {
      const entry = encodeEntry(valuesIn(vector.keyBson), BigInt(vector.recordId), layoutOf(vector));
      return hex(entry.key) !== vector.entryKeyHex || hex(entry.value) !== vector.valueHex;
    });
    expect(wrong).toEqual([]);
  });

  it('decode to the same values and record id', () => {
    const wrong = vectors.filter((vector) => {
      const key = Buffer.from(vector.entryKeyHex, 'hex');
      const value = Buffer.from(vector.valueHex, 'hex');
      const expected = valuesIn(vector.keyBson);
      const got = valuesOf(key, value, layoutOf(vector));
      const same =
        got.length === expected.length &&
        got.every(
          (item, at) => item.type === expected[at]?.type && item.slice().equals(expected[at].slice()),
        );
      return !same || recordIdsOf(key, value, layoutOf(vector))[0] !== BigInt(vector.recordId);
    });
    expect(wrong.map((vector) => vector.entryKeyHex)).toEqual([]);
  });

  it('hash to the same long', () => {
    const wrong = vectors.filter((vector) => {
      if (vector.hashOfBson === undefined) return false;
      const source = valuesIn(vector.hashOfBson)[0];
      const [expected] = valuesIn(vector.keyBson);
      return !hashedValue(source).slice().equals(expected!.slice());
    });
    expect(wrong.map((vector) => vector.hashOfBson)).toEqual([]);
  });
});
