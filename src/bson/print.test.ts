import { expect, it } from 'vitest';
import { doubleValue } from './make.ts';
import { printValue } from './print.ts';

it.each([
  [5, '5.0'],
  [0.1, '0.1'],
  [-0, '-0.0'],
  [-1234.5, '-1234.5'],
  [1 / 3, '0.3333333333333333'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05.0'],
  [1.5e-7, '1.5e-07'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16.0'],
  [-1e20, '-1e+20.0'],
  [123456789012345680, '1.234567890123457e+17'],
  [Number.MAX_VALUE, '1.797693134862316e+308'],
  [5e-324, '4.940656458412465e-324'],
  [Infinity, 'inf.0'],
  [-Infinity, '-inf.0'],
  [NaN, 'nan.0'],
])('the double %d is printed as C prints it with 16 digits, and a point', (double, text) => {
  expect(printValue(doubleValue(double))).toBe(text);
});
