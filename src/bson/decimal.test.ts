import { Decimal128 } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalOf, decimalText, decimalValue, parseDecimal } from './decimal.ts';

function throughOurs(text: string): string | undefined {
  const decimal = parseDecimal(text);
  return decimal && decimalText(decimalOf(decimalValue(decimal)));
}

describe('Decimal128', () => {
  it.each([
    ['1.50', '1.50'],
    ['1e3', '1E+3'],
    ['-0', '-0'],
    ['0.000001', '0.000001'],
    ['0.0000001', '1E-7'],
    ['12345678901234567890123456789012345', '1.234567890123456789012345678901234E+34'],
    ['12345678901234567890123456789012355', '1.234567890123456789012345678901236E+34'],
    ['1E6144', '1.000000000000000000000000000000000E+6144'],
    ['1E6145', 'Infinity'],
    ['1E-6177', '0E-6176'],
    ['6E-6177', '1E-6176'],
    ['-inf', '-Infinity'],
    ['nan', 'NaN'],
    ['1e', undefined],
    ['', undefined],
  ])('%s is %s', (text, expected) => {
    expect(throughOurs(text)).toBe(expected);
  });

  it('has the bytes and the text that the bson library has', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 34n) + 1n, 10n ** 34n - 1n),
        fc.integer({ min: -6176, max: 6111 }),
        (coefficient, exponent) => {
          const theirs = Decimal128.fromString(`${coefficient}E${exponent}`);
          const ours = decimalValue(parseDecimal(`${coefficient}E${exponent}`)!);
          expect(ours.slice().toString('hex')).toBe(Buffer.from(theirs.bytes).toString('hex'));
          expect(decimalText(decimalOf(ours))).toBe(theirs.toString());
        },
      ),
    );
  });
});
