import { describe, expect, it } from 'vitest';
import { date, decimal, double, evaluate, failure, int, long } from '../../../test/support/expressions.ts';

const longMax = 9223372036854775807n;

describe('$add', () => {
  it.each([
    [[int(2147483647), int(1)], long(2147483648)],
    [[int(1), long(1)], long(2)],
    [[long(longMax), int(1)], double(2 ** 63)],
    [[long(longMax), long(longMax), long(-longMax)], long(longMax)],
    [[long(9007199254740993n), int(0)], long(9007199254740993n)],
    [[double(0.1), double(0.2), double(0.3)], double(0.6)],
    [[decimal('1.50'), int(1)], decimal('2.50')],
    [[decimal('1.25'), double(0.1)], decimal('1.350000000000000005551115123125783')],
    [[double(Infinity), double(-Infinity)], double(NaN)],
    [[double(1e308), double(1e308)], double(Infinity)],
    [[double(Infinity), decimal('1')], decimal('NaN')],
    [[double(Infinity), int(1), decimal('1')], decimal('Infinity')],
    [[int(1), null], null],
    [[], int(0)],
    [[date(1000), int(5)], date(1005)],
    [[date(1000), double(1.5)], date(1001)],
    [[date(1000), decimal('1.5')], date(1002)],
  ])('%j', (operands, result) => {
    expect(evaluate({ $add: operands })).toEqual(result);
  });

  it('adds one date only, and no strings', () => {
    expect(failure({ $add: [date(1), date(2)] })).toBe(16612);
    expect(failure({ $add: [int(1), 'a'] })).toBe(16554);
    expect(failure({ $add: [date('9223372036854775807'), int(1)] })).toBe(15);
  });

  it('computes constants together, whatever stands between them', () => {
    const document = { x: long(-longMax) };
    expect(evaluate({ $add: [long(longMax), '$x', int(1)] }, document)).toEqual(double(0));
  });
});

describe('$multiply', () => {
  it.each([
    [[int(65536), int(65536)], long(4294967296)],
    [[long(longMax), int(2)], double(2 ** 64)],
    [[int(3), double(0.5)], double(1.5)],
    [[double(0.1), decimal('2')], decimal('0.200000000000000')],
    [[long(longMax), decimal('10')], decimal('92233720368547758070')],
    [[decimal('0E+3'), int(2)], decimal('0E+3')],
    [[], int(1)],
    [['$none', int(2)], null],
  ])('%j', (operands, result) => {
    expect(evaluate({ $multiply: operands })).toEqual(result);
  });
});

describe('$subtract', () => {
  it.each([
    [[int(-2147483648), int(1)], long(-2147483649)],
    [[int(0), long('-9223372036854775808')], long('-9223372036854775808')],
    [[decimal('123.4500'), double(0.1)], decimal('123.350000000000000')],
    [[date(5000), date(2000)], long(3000)],
    [[date(5000), int(1)], date(4999)],
    [[null, int(1)], null],
  ])('%j', (operands, result) => {
    expect(evaluate({ $subtract: operands })).toEqual(result);
  });

  it('refuses the rest', () => {
    expect(failure({ $subtract: [date(1), 'a'] })).toBe(16613);
    expect(failure({ $subtract: ['a', int(1)] })).toBe(16556);
    expect(failure({ $subtract: [int(1)] })).toBe(16020);
  });
});

describe('$divide and $mod', () => {
  it.each([
    [{ $divide: [int(6), int(3)] }, double(2)],
    [{ $divide: [decimal('1.50'), int(3)] }, decimal('0.50')],
    [{ $divide: [double(2.5), decimal('5')] }, decimal('0.50000000000000')],
    [{ $mod: [int(-7), int(3)] }, int(-1)],
    [{ $mod: [int(-6), int(3)] }, int(0)],
    [{ $mod: [long(longMax), double(10)] }, long(7)],
    [{ $mod: [long(longMax), double(2.5)] }, double(2 ** 63 % 2.5)],
    [{ $mod: [int(7), decimal('123.4500')] }, decimal('7.0000')],
    [{ $mod: [int(5), double(Infinity)] }, double(5)],
  ])('%j', (expression, result) => {
    expect(evaluate(expression)).toEqual(result);
  });

  it('does not divide by zero of any type', () => {
    for (const zero of [int(0), long(0), double(0), decimal('0.00')]) {
      expect(failure({ $divide: [int(1), zero] })).toBe(16608);
      expect(failure({ $mod: [int(1), zero] })).toBe(16610);
    }
  });
});

describe('$pow', () => {
  it.each([
    [[int(2), int(31)], long(2147483648)],
    [[int(2), int(62)], long(4611686018427387904n)],
    [[int(2), int(63)], double(2 ** 63)],
    [[int(-2), int(63)], long('-9223372036854775808')],
    [[int(2), int(-1)], double(0.5)],
    [[int(-1), long(3)], long(-1)],
    [[int(-1), long(-3)], long(1)],
    [[double(4), double(0.5)], double(2)],
    [[decimal('10'), int(2)], decimal('100')],
    [[decimal('1.1'), int(2)], decimal('1.210000000000000000000000000000000')],
    [[decimal('0'), int(0)], decimal('1')],
    [[decimal('-2'), int(3)], decimal('-8')],
    [[decimal('-2'), decimal('0.5')], decimal('NaN')],
  ])('%j', (operands, result) => {
    expect(evaluate({ $pow: operands })).toEqual(result);
  });

  it('refuses 0 to a negative power and other types', () => {
    expect(failure({ $pow: [int(0), int(-1)] })).toBe(28764);
    expect(failure({ $pow: ['a', int(1)] })).toBe(28762);
    expect(failure({ $pow: [int(1), 'a'] })).toBe(28763);
  });
});
