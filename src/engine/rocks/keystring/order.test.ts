import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { compareValues } from '../../../bson/compare.ts';
import { decimalValue, parseDecimal } from '../../../bson/decimal.ts';
import {
  boolValue,
  dateValue,
  doubleValue,
  intValue,
  longValue,
  nullValue,
  stringValue,
} from '../../../bson/make.ts';
import type { Value } from '../../../bson/value.ts';
import { DamagedKey } from './damaged-key.ts';
import { encodeKey } from './encode.ts';
import { encodeEntry, recordIdsOf, valuesOf } from './index-entry.ts';
import { decodeRecordId, encodeRecordId } from './record-id.ts';
import { runs } from '../../../../test/support/runs.ts';

const powers = fc
  .tuple(fc.integer({ min: 0, max: 63 }), fc.constantFrom(-1n, 0n, 1n), fc.boolean())
  .map(([power, off, negative]) => BigInt.asIntN(64, ((1n << BigInt(power)) + off) * (negative ? -1n : 1n)));
const decimals = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 34n - 1n }), fc.integer({ min: -6176, max: 6111 }), fc.boolean())
  .map(([digits, exponent, negative]) =>
    decimalValue(parseDecimal(`${negative ? '-' : ''}${digits}E${exponent}`)!),
  );
const near = fc
  .tuple(fc.double({ noNaN: true, min: -1e20, max: 1e20 }), fc.integer({ min: 1, max: 34 }))
  .map(([double, digits]) => decimalValue(parseDecimal(double.toPrecision(Math.min(digits, 34)))!));

const numbers: fc.Arbitrary<Value> = fc.oneof(
  fc.integer().map(intValue),
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(longValue),
  powers.map(longValue),
  powers.map((power) => doubleValue(Number(power))),
  fc.double().map(doubleValue),
  decimals,
  near,
);
const scalars = fc.oneof(
  numbers,
  fc.string({ unit: fc.constantFrom('\0', 'a', 'b', 'é') }).map((text) => stringValue(text)),
  fc.boolean().map(boolValue),
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(dateValue),
  fc.constant(nullValue),
);
const nested = fc.array(scalars, { maxLength: 3 }).map((values) => {
  const builder = new DocumentBuilder();
  values.forEach((value, at) => builder.append(`f${at}`, value));
  return builder.finish();
});
const values = fc.oneof(scalars, scalars, nested);
const key = (value: Value, direction: number) => encodeKey([value], [direction], 1).key;

describe('KeyString', () => {
  it('has the order of BSON values, in both directions', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const expected = Math.sign(compareValues(a, b));
        expect(Math.sign(key(a, 1).compare(key(b, 1)))).toBe(expected);
        expect(Math.sign(key(b, -1).compare(key(a, -1)))).toBe(expected);
      }),
      { numRuns: runs(3000) },
    );
  });

  it('gives back every value and record id', () => {
    fc.assert(
      fc.property(
        fc.array(values, { minLength: 1, maxLength: 3 }),
        fc.bigInt({ min: 1n, max: (1n << 63n) - 2n }),
        fc.boolean(),
        (list, id, unique) => {
          const layout = { ordering: [1, -1, 1], version: 1 as const, unique };
          const entry = encodeEntry(list, id, layout);
          expect(recordIdsOf(entry.key, entry.value, layout)).toEqual([id]);
          const back = valuesOf(entry.key, entry.value, layout);
          expect(back.map((value) => [value.type, value.slice().toString('hex')])).toEqual(
            list.map((value) => [value.type, value.slice().toString('hex')]),
          );
        },
      ),
      { numRuns: runs(2000) },
    );
  });

  it('ends with an error on bytes that are no key', () => {
    const layout = { ordering: [1, -1], version: 1 as const, unique: true };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 12 }), (bytes, rest) => {
        try {
          valuesOf(Buffer.from(bytes), Buffer.from(rest), layout);
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedKey);
        }
      }),
      { numRuns: runs(3000) },
    );
  });
});

it.each([
  [1n, '0008'],
  [31n, '00f8'],
  [32n, '0100'],
  [1023n, '1ff8'],
  [1024n, '202001'],
  [70000n, '288b81'],
  [0xdeadbeefn, '66f56df77b'],
  [(1n << 63n) - 2n, 'e3fffffffffffffff7'],
])('record id %s is %s', (id, hex) => {
  expect(encodeRecordId(id).toString('hex')).toBe(hex);
  expect(decodeRecordId(Buffer.from(hex, 'hex'), 0).id).toBe(id);
});
