import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { toEjson } from './ejson.ts';
import { toJs, toValue } from './js.ts';

describe('values from and to JavaScript', () => {
  it.each([
    [1, '{"$numberInt":"1"}'],
    [1.5, '{"$numberDouble":"1.5"}'],
    [new Double(1), '{"$numberDouble":"1.0"}'],
    [Long.fromString('9007199254740993'), '{"$numberLong":"9007199254740993"}'],
    ['é', '"é"'],
    [null, 'null'],
    [[1, { a: true }], '[{"$numberInt":"1"},{"a":true}]'],
    [new Date(5), '{"$date":{"$numberLong":"5"}}'],
    [new ObjectId('0123456789abcdef01234567'), '{"$oid":"0123456789abcdef01234567"}'],
    [/a/i, '{"$regularExpression":{"pattern":"a","options":"i"}}'],
  ])('%j becomes %s', (js, text) => {
    expect(toEjson(toValue(js))).toBe(text);
  });

  it('keeps number types on the way to JavaScript', () => {
    const js = { i: new Int32(1), d: new Double(1), l: Long.fromNumber(1), n: Decimal128.fromString('1.50') };
    expect(toJs(toValue(js))).toEqual(js);
  });
});
