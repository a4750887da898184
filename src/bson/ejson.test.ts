import { describe, expect, it } from 'vitest';
import { fromEjson, toEjson } from './ejson.ts';

const canonical = [
  '{"a":{"$numberInt":"1"},"a":{"$numberLong":"9007199254740993"},"1":{"$numberDouble":"-0.0"}}',
  '{"10":{"$numberInt":"1"},"2":{"$numberInt":"2"}}',
  '[null,true,false,"é\\n\\u0000",{"$undefined":true},{"$minKey":1},{"$maxKey":1}]',
  '{"d":{"$numberDouble":"1e+300"},"n":{"$numberDouble":"NaN"},"i":{"$numberDouble":"-Infinity"}}',
  '[{"$numberDecimal":"1.50"},{"$numberDecimal":"-0E-6176"},{"$numberDecimal":"9.999E+6000"},{"$numberDecimal":"NaN"}]',
  '{"$date":{"$numberLong":"-9223372036854775808"}}',
  '{"$timestamp":{"t":4294967295,"i":1}}',
  '{"$binary":{"base64":"AAEC","subType":"80"}}',
  '{"$regularExpression":{"pattern":"a/\\"b","options":"im"}}',
  '{"$code":"f()","$scope":{"x":{"$oid":"0123456789abcdef01234567"}}}',
  '{"$dbPointer":{"$ref":"a.b","$id":{"$oid":"0123456789abcdef01234567"}}}',
  '[{"$symbol":"s"},{"$code":"g()"}]',
  '{"$ref":"c","$id":{"$numberInt":"1"},"$db":"d"}',
  '{"v":{"$in":[{"$numberInt":"1"}]}}',
];

describe('EJSON', () => {
  it.each(canonical)('comes back as it was: %s', (text) => {
    expect(toEjson(fromEjson(text))).toBe(text);
  });

  it('reads the relaxed form', () => {
    expect(
      toEjson(fromEjson('[1, 2147483648, 9223372036854775808, 1.5, -0, {"$date": "2020-01-02T03:04:05Z"}]')),
    ).toBe(
      '[{"$numberInt":"1"},{"$numberLong":"2147483648"},{"$numberDouble":"9223372036854776000.0"},' +
        '{"$numberDouble":"1.5"},{"$numberDouble":"-0.0"},{"$date":{"$numberLong":"1577934245000"}}]',
    );
  });

  it.each(['{"a":1', '{a:1}', '[1,]', '"\n', '{"$numberInt":"2147483648"}', '1 2', '{"$oid":"12"}'])(
    'refuses %s',
    (text) => {
      expect(() => fromEjson(text)).toThrow(SyntaxError);
    },
  );
});
