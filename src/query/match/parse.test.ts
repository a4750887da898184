import { describe, expect, it } from 'vitest';
import { fromEjson } from '../../bson/ejson.ts';
import { parseFilter } from './parse.ts';

function bits(positions: number[], mask: bigint): object {
  return { kind: 'bits', path: 'a', test: 'allSet', bits: { positions, mask } };
}

describe('refused filters', () => {
  it.each([
    ['{"a":{"$gt":{"$undefined":true}}}', 2, 'cannot compare to undefined'],
    ['{"a":{"$in":5}}', 2, '$in needs an array'],
    ['{"a":{"$in":[{"$gt":1}]}}', 2, 'cannot nest $ under $in'],
    ['{"a":{"$type":[2]}}', 14, 'argument to $type is not a number or a string'],
    ['{"a":{"$type":99}}', 2, 'Invalid numerical $type code: 99'],
    ['{"a":{"$size":1.5}}', 2, '$size must be a whole number'],
    ['{"a":{"$size":4294967296}}', 2, '$size must be representable as a 32-bit integer'],
    ['{"a":{"$mod":[2]}}', 2, 'malformed mod, not enough elements'],
    ['{"a":{"$bitsAllSet":1.5}}', 2, 'a cannot have a fractional part but received: $bitsAllSet: 1.5'],
    [
      '{"a":{"$bitsAllSet":"x"}}',
      2,
      'a takes an Array, a number, or a BinData but received: $bitsAllSet: "x"',
    ],
    ['{"a":{"$bitsAllSet":["x"]}}', 2, 'bit positions must be an integer but got: 0: "x"'],
    ['{"a":{"$not":{}}}', 2, '$not cannot be empty'],
    ['{"a":{"$not":5}}', 2, '$not needs a regex or a document'],
    ['{"a":{"$all":[{"$elemMatch":{"b":1}},5]}}', 2, '$all/$elemMatch has to be consistent'],
    ['{"a":{"$where":"1"}}', 2, '$where cannot be applied to a field'],
    ['{"a":{"$gt":1,"$near":[1,2]}}', 2, 'near must be first in: { $gt: 1, $near: [ 1, 2 ] }'],
    ['{"$or":[{"$isolated":1}]}', 2, '$atomic/$isolated has to be at the top level'],
    ['{"$text":1}', 2, '$text expects an object'],
    ['{"a":{"$gt":1,"constructor":2}}', 2, 'unknown operator: constructor'],
    ['{"a":{"$gt":1,"toString":2}}', 2, 'unknown operator: toString'],
  ])('%s', (filter, code, message) => {
    expect(() => parseFilter(fromEjson(filter), {})).toThrow(expect.objectContaining({ code, message }));
  });
});

describe('accepted filters', () => {
  it.each([
    ['{}', { kind: 'alwaysTrue' }],
    ['{"a":{"$all":[]}}', { kind: 'alwaysFalse' }],
    ['{"$comment":"x","$isolated":1}', { kind: 'alwaysTrue' }],
    ['{"a":{"$exists":0}}', { kind: 'not', child: { kind: 'exists', path: 'a' } }],
    ['{"a":{"$type":1.5}}', { kind: 'type', path: 'a', types: [0xff] }],
    ['{"a":{"$type":0}}', { kind: 'type', path: 'a', types: [0] }],
    ['{"a":{"$type":1e12}}', { kind: 'type', path: 'a', types: [0xff] }],
    ['{"a":{"$mod":[{"$numberDecimal":"2.5"},1]}}', { kind: 'mod', path: 'a', divisor: 2n, remainder: 1n }],
    ['{"a":{"$mod":[{"$numberDecimal":"3.5"},1]}}', { kind: 'mod', path: 'a', divisor: 4n, remainder: 1n }],
    ['{"a":{"$bitsAllSet":[1,70]}}', bits([1, 70], 2n | (1n << 63n))],
    [
      '{"a":{"$bitsAllSet":{"$binary":{"base64":"AYA=","subType":"00"}}}}',
      bits([0, 15], 0xffff_ffff_ffff_8001n),
    ],
    ['{"a":{"$options":"i","$regex":"b"}}', { kind: 'regex', path: 'a', pattern: 'b', options: 'i' }],
    ['{"a":{"$size":2}}', { kind: 'size', path: 'a', size: 2 }],
  ])('%s', (filter, tree) => {
    expect(parseFilter(fromEjson(filter), {})).toEqual(tree);
  });

  it('takes references as values and joins nested conjunctions', () => {
    expect(parseFilter(fromEjson('{"a":{"$ref":"c","$id":1}}'), {})).toMatchObject({ operator: 'eq' });
    const joined = parseFilter(
      fromEjson('{"$and":[{"a":1},{"$and":[{"b":1},{"c":{"$gt":1,"$lt":3}}]}]}'),
      {},
    );
    expect(joined.kind === 'and' && joined.children).toHaveLength(4);
  });
});
