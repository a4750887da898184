import { describe, expect, it } from 'vitest';
import { decimal, double, evaluate, failure, int, long } from '../../../test/support/expressions.ts';

describe('functions of one number', () => {
  it.each([
    [{ $abs: int(-2147483648) }, long(2147483648)],
    [{ $abs: decimal('-1.50') }, decimal('1.50')],
    [{ $floor: double(-1.5) }, double(-2)],
    [{ $floor: decimal('-0.1') }, decimal('-1')],
    [{ $ceil: decimal('1E-6176') }, decimal('1')],
    [{ $trunc: decimal('-1.9') }, decimal('-1')],
    [{ $floor: decimal('1E+40') }, decimal('NaN')],
    [{ $floor: decimal('1E+30') }, decimal('1000000000000000000000000000000')],
    [{ $ceil: long(7) }, long(7)],
    [{ $sqrt: int(16) }, double(4)],
    [{ $sqrt: decimal('2') }, decimal('1.414213562373095048801688724209698')],
    [{ $sqrt: decimal('6.25') }, decimal('2.5')],
    [{ $sqrt: decimal('1E+3') }, decimal('31.62277660168379331998893544432719')],
    [{ $exp: decimal('1') }, decimal('2.718281828459045235360287471352662')],
    [{ $exp: decimal('0') }, decimal('1')],
    [{ $exp: decimal('1E+10') }, decimal('Infinity')],
    [{ $ln: decimal('1') }, decimal('0')],
    [{ $ln: int(1) }, double(0)],
    [{ $log10: decimal('1000') }, decimal('3')],
    [{ $log10: int(100) }, double(2)],
    [{ $log: [int(8), int(2)] }, double(Math.log(8) / Math.log(2))],
    [{ $log: [decimal('8'), int(2)] }, decimal('3')],
    [{ $ln: double(NaN) }, double(NaN)],
    [{ $ln: decimal('NaN') }, double(NaN)],
    [{ $log10: decimal('NaN') }, double(NaN)],
    [{ $log: [decimal('NaN'), int(2)] }, double(NaN)],
    [{ $log: [int(2), decimal('NaN')] }, double(NaN)],
    [{ $sqrt: decimal('NaN') }, decimal('NaN')],
    [{ $exp: decimal('NaN') }, decimal('NaN')],
    [{ $abs: null }, null],
    [{ $sqrt: '$none' }, null],
  ])('%j', (expression, result) => {
    expect(evaluate(expression)).toEqual(result);
  });

  it('has mongod 3.4 answer for a decimal logarithm to other bases: ln(x) / base', () => {
    expect(evaluate({ $log: [int(7), decimal('123.4500')] })).toEqual(
      decimal('0.01576273915800172786638600845235464'),
    );
  });

  it.each([
    [{ $abs: long('-9223372036854775808') }, 28680],
    [{ $abs: 'a' }, 28765],
    [{ $sqrt: int(-1) }, 28714],
    [{ $ln: int(0) }, 28766],
    [{ $log10: decimal('-1') }, 28761],
    [{ $log: ['a', int(2)] }, 28756],
    [{ $log: [int(2), 'a'] }, 28757],
    [{ $log: [int(0), int(2)] }, 28758],
    [{ $log: [int(2), int(1)] }, 28759],
    [{ $log: [int(2), decimal('1.0')] }, 28759],
  ])('%j fails with %i', (expression, code) => {
    expect(failure(expression)).toBe(code);
  });
});
