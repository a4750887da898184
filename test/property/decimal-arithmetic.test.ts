import { Decimal as DecimalJs } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareDecimals,
  decimalText,
  parseDecimal,
  roundDecimal,
  type Decimal,
} from '../../src/bson/decimal.ts';
import { compareDoubleDecimal, doubleParts } from '../../src/bson/numbers.ts';
import * as decimals from '../../src/query/expression/decimal/arithmetic.ts';
import { decimalFromDouble15, decimalFromDouble34 } from '../../src/query/expression/decimal/from-double.ts';
import { exponential, naturalLogarithm, power } from '../../src/query/expression/decimal/transcendental.ts';
import { runs } from '../support/runs.ts';

// decimal.js with 34 digits and half-even rounding gives the same numbers; exponents are checked on their own.
const reference = DecimalJs.clone({ precision: 34, rounding: DecimalJs.ROUND_HALF_EVEN });
const precise = DecimalJs.clone({ precision: 120 });

/** A double's exact value: its binary fraction has up to 767 digits. */
const exact = DecimalJs.clone({ precision: 800, rounding: DecimalJs.ROUND_HALF_EVEN });

function exactly(double: number): DecimalJs {
  const { mantissa, exponent } = doubleParts(double);
  return new exact(mantissa.toString()).times(new exact(2).pow(exponent));
}

const finite = fc
  .tuple(
    fc.boolean(),
    fc.oneof(fc.bigInt(0n, 999n), fc.bigInt(0n, 10n ** 17n), fc.bigInt(0n, 10n ** 34n - 1n)),
    fc.oneof(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -60, max: 60 })),
  )
  .map(([negative, coefficient, exponent]): Decimal => ({ kind: 'finite', negative, coefficient, exponent }));

const positive = finite
  .filter((decimal) => decimal.coefficient !== 0n)
  .map((decimal): Decimal => ({ ...decimal, negative: false }));

function js(decimal: Decimal): DecimalJs {
  return new reference(decimalText(decimal));
}

function expectNumber(found: Decimal, wanted: DecimalJs): void {
  const text = decimalText(found);
  expect(new precise(text).eq(new precise(wanted.toString())), `${text} should be ${wanted.toString()}`).toBe(
    true,
  );
}

function digits(decimal: Decimal): number {
  return decimal.coefficient.toString().length;
}

describe('decimal arithmetic', () => {
  it('gives the numbers of decimal.js', () => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        expectNumber(decimals.add(a, b), js(a).plus(js(b)));
        expectNumber(decimals.subtract(a, b), js(a).minus(js(b)));
        expectNumber(decimals.multiply(a, b), js(a).times(js(b)));
        if (b.coefficient === 0n) return;
        expectNumber(decimals.divide(a, b), js(a).div(js(b)));
        const remainder = new precise(decimalText(a)).mod(new precise(decimalText(b)));
        expectNumber(decimals.remainder(a, b), remainder);
      }),
      { numRuns: runs(500) },
    );
  });

  it('takes the square root as decimal.js does', () => {
    fc.assert(fc.property(positive, (a) => expectNumber(decimals.squareRoot(a), js(a).sqrt())));
  });

  it('keeps the ideal exponent of exact results', () => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const sum = decimals.add(a, b);
        if (digits(sum) < 34) expect(sum.exponent).toBe(Math.min(a.exponent, b.exponent));
        const product = decimals.multiply(a, b);
        if (digits(product) < 34) expect(product.exponent).toBe(a.exponent + b.exponent);
        if (b.coefficient === 0n) return;
        const quotient = decimals.divide(a, b);
        if (digits(quotient) < 34) {
          // Nothing is cut, so only digits that are needed lie beyond the ideal exponent.
          const ideal = a.exponent - b.exponent;
          expect(quotient.exponent).toBeLessThanOrEqual(ideal);
          if (quotient.exponent < ideal) expect(quotient.coefficient % 10n).not.toBe(0n);
        }
        expect(decimals.remainder(a, b).exponent).toBe(Math.min(a.exponent, b.exponent));
      }),
    );
  });

  it('rounds to whole numbers with exponent 0', () => {
    fc.assert(
      fc.property(finite, (a) => {
        const number = new precise(decimalText(a));
        for (const kind of ['floor', 'ceil', 'trunc'] as const) {
          const whole = decimals.toWhole(a, kind);
          if (digits(a) + a.exponent > 34 && a.coefficient !== 0n) expect(whole.kind).toBe('nan');
          else {
            expect(whole.exponent).toBe(0);
            expectNumber(whole, number[kind]());
          }
        }
      }),
    );
  });

  it('survives exponents far apart', () => {
    const tiny = parseDecimal('1E-6000') as Decimal;
    const one = parseDecimal('1') as Decimal;
    const huge = parseDecimal('7E+6000') as Decimal;
    expect(decimalText(decimals.add(one, tiny))).toBe('1.000000000000000000000000000000000');
    expect(decimalText(decimals.subtract(one, tiny))).toBe('1.000000000000000000000000000000000');
    expect(decimalText(decimals.remainder(huge, parseDecimal('3E-6000') as Decimal))).toMatch(
      /^[12]?E|^1E-6000$/,
    );
    expect(decimalText(decimals.add(huge, parseDecimal('0') as Decimal))).toBe(
      '7.000000000000000000000000000000000E+6000',
    );
  });
});

describe('decimals from doubles', () => {
  it('round to 34 digits, exactly where these suffice', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        const found = decimalFromDouble34(double);
        if (digits(found) < 34) expect(compareDoubleDecimal(double, found)).toBe(0);
        expectNumber(found, exactly(double).toSignificantDigits(34, DecimalJs.ROUND_HALF_EVEN));
      }),
    );
  });

  it('have exactly 15 digits where they meet decimals', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((double) => double !== 0),
        (double) => {
          const found = decimalFromDouble15(double);
          expect(digits(found)).toBe(15);
          expectNumber(found, exactly(double).toSignificantDigits(15, DecimalJs.ROUND_HALF_EVEN));
        },
      ),
    );
  });
});

describe('transcendental functions', () => {
  const close = (found: Decimal, wanted: DecimalJs): void => {
    const off = new precise(decimalText(found)).div(wanted).minus(1).abs();
    expect(off.lt('1.2e-33'), `${decimalText(found)} is off by ${off.toString()}`).toBe(true);
  };
  const moderate = fc
    .tuple(fc.bigInt(1n, 10n ** 12n), fc.integer({ min: -14, max: -6 }))
    .map(([coefficient, exponent]) => roundDecimal(false, coefficient, exponent));

  it('are right to the last digit', () => {
    fc.assert(
      fc.property(moderate, moderate, (a, b) => {
        const [x, y] = [new precise(decimalText(a)), new precise(decimalText(b))];
        if (x.lt(1000)) close(exponential(a), x.exp());
        if (!x.eq(1)) close(naturalLogarithm(a), x.ln());
        if (y.lt(20)) close(power(a, b), x.pow(y));
      }),
      { numRuns: runs(40) },
    );
  });

  it('raise to small whole powers exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 8 }), (base, exponent) => {
        const found = power(
          decimals.decimalFromInteger(BigInt(base)),
          decimals.decimalFromInteger(BigInt(exponent)),
        );
        const wanted = decimals.decimalFromInteger(BigInt(base) ** BigInt(exponent));
        expect(compareDecimals(found, wanted)).toBe(0);
      }),
    );
  });
});
