import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, double, ejson, int, long, plain } from '../../../test/support/expressions.ts';
import { intValue, longValue } from '../../bson/make.ts';
import { CommandError } from '../errors.ts';
import { createScope } from '../expression/parse.ts';
import { Variables } from '../expression/variables.ts';
import { parseAccumulation } from './accumulation.ts';
import { createAccumulator, type AccumulatorName } from './accumulators.ts';

function accumulate(name: AccumulatorName, values: unknown[]): unknown {
  const accumulator = createAccumulator(name, undefined);
  for (const value of values) accumulator.add(value === undefined ? undefined : ejson(value));
  return plain(accumulator.result());
}

const longMax = 9223372036854775807n;

describe('accumulators', () => {
  it.each<[AccumulatorName, unknown[], unknown]>([
    ['$sum', [], int(0)],
    ['$sum', [int(2147483647), int(1)], long(2147483648)],
    ['$sum', [long(1), int(1)], long(2)],
    ['$sum', [long(longMax), int(1)], double(2 ** 63)],
    ['$sum', [long(longMax), int(1), int(-1)], long(longMax)],
    ['$sum', [double(0.1), double(0.2), double(0.3)], double(0.6)],
    ['$sum', [decimal('1.50'), int(1), double(2.5)], decimal('5.00')],
    ['$sum', ['a', null, undefined, [int(5)], int(2)], int(2)],
    ['$sum', [double(Infinity), double(1)], double(Infinity)],
    ['$sum', [double(Infinity), decimal('1')], decimal('NaN')],
    ['$sum', [double(Infinity), int(1), decimal('1')], decimal('Infinity')],
    ['$sum', [decimal('1'), int(2)], decimal('3')],
    ['$avg', [double(Infinity), decimal('1')], decimal('NaN')],
    ['$sum', [double(NaN), decimal('1')], decimal('NaN')],
    ['$avg', [int(1), int(2)], double(1.5)],
    ['$avg', [int(1), decimal('2.00')], decimal('1.50')],
    ['$avg', ['a', null], null],
    ['$avg', [long(9007199254740993n), long(-9007199254740993n)], double(0)],
    ['$min', [int(3), null, 'a', undefined, double(2)], double(2)],
    ['$max', [int(3), null, 'a', undefined], 'a'],
    ['$min', [null], null],
    ['$first', [undefined, int(1)], null],
    ['$first', [int(1), int(2)], int(1)],
    ['$last', [int(1), int(2)], int(2)],
    ['$last', [], null],
    ['$push', [int(1), undefined, null], [int(1), null]],
    ['$addToSet', [int(1), double(1), undefined, 'a', int(1)], [int(1), 'a']],
    ['$stdDevPop', [int(2), int(4)], double(1)],
    ['$stdDevPop', ['a'], null],
    ['$stdDevSamp', [int(2), int(4)], double(Math.SQRT2)],
    ['$stdDevSamp', [int(2)], null],
    ['$stdDevPop', [decimal('2'), long(2)], double(0)],
  ])('%s of %j', (name, values, result) => {
    expect(accumulate(name, values)).toEqual(result);
  });

  it('sum whole numbers exactly up to 64 bits', () => {
    const whole = fc.oneof(fc.bigInt(-(1n << 31n), (1n << 31n) - 1n), fc.bigInt(-(1n << 62n), 1n << 62n));
    fc.assert(
      fc.property(fc.array(whole, { maxLength: 30 }), (numbers) => {
        const accumulator = createAccumulator('$sum', undefined);
        let total = 0n;
        for (const n of numbers) {
          total += n;
          accumulator.add(BigInt.asIntN(32, n) === n ? intValue(Number(n)) : longValue(n));
        }
        const expected = BigInt.asIntN(64, total) === total ? String(total) : undefined;
        const found = plain(accumulator.result()) as Record<string, string>;
        expect(found['$numberInt'] ?? found['$numberLong']).toBe(expected);
      }),
    );
  });

  it('know how much they hold', () => {
    const push = createAccumulator('$push', undefined);
    const before = push.size;
    push.add(ejson('x'.repeat(1000)));
    expect(push.size - before).toBeGreaterThanOrEqual(1000);
    const max = createAccumulator('$max', undefined);
    max.add(ejson('x'.repeat(1000)));
    expect(max.size).toBeGreaterThanOrEqual(1000);
  });
});

describe('parseAccumulation', () => {
  const parse = (name: string, value: unknown) =>
    parseAccumulation({ name, value: ejson(value) }, createScope(undefined));

  it('gives field, expression and accumulator', () => {
    const accumulation = parse('n', { $sum: '$a' });
    const accumulator = accumulation.create();
    accumulator.add(accumulation.expression.evaluate(new Variables(ejson({ a: int(4) }))));
    expect([accumulation.field, accumulation.name]).toEqual(['n', '$sum']);
    expect(plain(accumulator.result())).toEqual(int(4));
  });

  it.each([
    ['n', int(1), 40234],
    ['n', {}, 40234],
    ['n', { a: 1 }, 40234],
    ['a.b', { $sum: 1 }, 40235],
    ['$n', { $sum: 1 }, 40236],
    ['n', { $sum: [1] }, 40237],
    ['n', { $sum: 1, $avg: 1 }, 40238],
    ['n', { $count: {} }, 15952],
  ])('%s: %j fails with %i', (name, value, code) => {
    expect(() => parse(name, value)).toThrow(expect.objectContaining({ code }) as CommandError);
  });
});
