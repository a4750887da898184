import { describe, expect, it } from 'vitest';
import { date, decimal, double, evaluate, failure, int, long } from '../../../../test/support/expressions.ts';

describe('strings', () => {
  it.each([
    [{ $concat: ['a', 'ż', 'c'] }, 'ażc'],
    [{ $concat: ['a', null] }, null],
    [{ $concat: [] }, ''],
    [{ $toUpper: 'aż' }, 'Aż'],
    [{ $toLower: 'ÀBC' }, 'Àbc'],
    [{ $toLower: '$none' }, ''],
    [{ $strcasecmp: ['abc', 'ABD'] }, int(-1)],
    [{ $strcasecmp: ['', null] }, int(0)],
    [{ $strLenBytes: 'żx' }, int(3)],
    [{ $strLenCP: '𝒳x' }, int(2)],
    [{ $split: ['a-b--c', '-'] }, ['a', 'b', '', 'c']],
    [{ $split: [null, '-'] }, null],
    [{ $substrCP: ['𝒳yz', int(1), int(5)] }, 'yz'],
    [{ $substrBytes: ['plain', int(1), int(3)] }, 'lai'],
    [{ $substr: ['plain', int(1), int(-1)] }, 'lain'],
    [{ $substr: ['plain', int(9), int(1)] }, ''],
    [{ $substr: [double(0.1), int(0), int(-1)] }, '0.1'],
    [{ $substr: [double(123456.789), int(0), int(-1)] }, '123457'],
    [{ $substr: [double(1e10), int(0), int(-1)] }, '1e+10'],
    [{ $substr: [double(NaN), int(0), int(-1)] }, 'nan'],
    [{ $substr: [long(12), int(0), int(-1)] }, '12'],
    [{ $substr: [date(-62135596800000), int(0), int(-1)] }, '1-01-01T00:00:00'],
    [{ $toUpper: { $timestamp: { t: 1500000000, i: 26 } } }, 'JUL 14 02:40:00:1A'],
    [{ $indexOfCP: ['𝒳yz', 'z'] }, int(2)],
    [{ $indexOfBytes: ['𝒳yz', 'z'] }, int(5)],
    [{ $indexOfCP: ['abcabc', 'b', int(2), int(5)] }, int(4)],
    [{ $indexOfBytes: ['abcabc', 'c', int(0), int(2)] }, int(-1)],
    [{ $indexOfCP: ['', ''] }, int(0)],
    [{ $indexOfCP: ['', '', int(3)] }, int(0)],
    [{ $indexOfBytes: ['abc', 'a', int(9)] }, int(-1)],
    [{ $indexOfCP: [null, 'a'] }, null],
  ])('%j', (expression, result) => {
    expect(evaluate(expression)).toEqual(result);
  });

  it.each([
    [{ $concat: ['a', int(1)] }, 16702],
    [{ $toUpper: true }, 16007],
    [{ $strLenBytes: null }, 34473],
    [{ $strLenCP: int(1) }, 34471],
    [{ $split: [int(1), 'a'] }, 40085],
    [{ $split: ['a', int(1)] }, 40086],
    [{ $split: ['a', ''] }, 40087],
    [{ $substrBytes: ['ż', int(1), int(1)] }, 28656],
    [{ $substrBytes: ['ż', int(0), int(1)] }, 28657],
    [{ $substrBytes: ['ż', int(-1), int(2)] }, 28657],
    [{ $substr: ['a', 'b', int(1)] }, 16034],
    [{ $substr: ['a', decimal('0'), int(1)] }, 16034],
    [{ $substrBytes: ['a', int(0), decimal('1')] }, 16035],
    [{ $substr: ['a', int(1), 'b'] }, 16035],
    [{ $substrCP: ['a', 'b', int(1)] }, 34450],
    [{ $substrCP: ['a', double(1.5), int(1)] }, 34451],
    [{ $substrCP: ['a', int(1), null] }, 34452],
    [{ $substrCP: ['a', int(1), long(5000000000)] }, 34453],
    [{ $substrCP: ['a', int(1), int(-1)] }, 34454],
    [{ $substrCP: ['a', int(-1), int(1)] }, 34455],
    [{ $indexOfBytes: [int(1), 'a'] }, 40091],
    [{ $indexOfBytes: ['a', null] }, 40092],
    [{ $indexOfCP: [int(1), 'a'] }, 40093],
    [{ $indexOfCP: ['a', int(1)] }, 40094],
    [{ $indexOfCP: ['a', 'a', 'b'] }, 40096],
    [{ $indexOfCP: ['a', 'a', int(-1)] }, 40097],
    [{ $indexOfCP: ['a'] }, 28667],
  ])('%j fails with %i', (expression, code) => {
    expect(failure(expression)).toBe(code);
  });
});
