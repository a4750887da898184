import { describe, expect, it } from 'vitest';
import { fromEjson, toEjson } from '../../bson/ejson.ts';
import { parseFilter } from '../match/parse.ts';
import { addMetadata } from '../metadata.ts';
import { parseProjection } from './projection.ts';

/** Relaxed text in, canonical text with its type wrappers of ints taken off out. */
function project(projection: string, document: string, filter = '{}'): string {
  const compiled = parseProjection(fromEjson(projection), parseFilter(fromEjson(filter), {}), {});
  return toEjson(compiled.apply(fromEjson(document))).replaceAll(/\{"\$numberInt":"(-?\d+)"\}/g, '$1');
}

describe('find projections', () => {
  it.each([
    ['{"a":1}', '{"_id":1,"b":2,"a":3}', '{"_id":1,"a":3}'],
    ['{"_id":0,"a":1}', '{"a":3,"_id":1,"b":2}', '{"a":3}'],
    ['{"_id":0}', '{"_id":1,"b":2}', '{"b":2}'],
    ['{"":1}', '{"_id":1,"":5,"b":2}', '{"_id":1,"":5}'],
    ['{"":0}', '{"_id":1,"":5,"b":2}', '{"_id":1,"":5,"b":2}'],
    ['{"a":1,"":1}', '{"_id":1,"a":2,"":5,"b":2}', '{"_id":1,"a":2,"":5}'],
    ['{"a":0,"":0}', '{"_id":1,"a":2,"b":2}', '{"_id":1}'],
    ['{"a":0}', '{"_id":1,"a":1,"b":2}', '{"_id":1,"b":2}'],
    ['{"a.b":1}', '{"a":{"b":1,"c":2}}', '{"a":{"b":1}}'],
    ['{"a.b":1}', '{"a":[{"b":1,"c":2},3,[{"b":4,"c":5}]]}', '{"a":[{"b":1},[{"b":4}]]}'],
    ['{"a.b":0}', '{"a":[{"b":1,"c":2},3]}', '{"a":[{"c":2},3]}'],
    ['{"a.b":1}', '{"a":5}', '{}'],
    ['{"a.b":0}', '{"a":5}', '{"a":5}'],
    ['{"a":{"$slice":2}}', '{"a":[1,2,3],"b":1}', '{"a":[1,2],"b":1}'],
    ['{"a":{"$slice":-2}}', '{"a":[1,2,3]}', '{"a":[2,3]}'],
    ['{"a":{"$slice":[1,1]}}', '{"a":[1,2,3]}', '{"a":[2]}'],
    ['{"a":{"$slice":[-2,1]}}', '{"a":[1,2,3]}', '{"a":[2]}'],
    ['{"a":{"$elemMatch":{"$gt":1}}}', '{"_id":1,"a":[1,2,3],"b":1}', '{"_id":1,"a":[2]}'],
    ['{"a":{"$elemMatch":{"b":5}}}', '{"_id":1,"a":[{"b":1}]}', '{"_id":1}'],
  ])('%s of %s', (projection, document, expected) => {
    expect(project(projection, document)).toBe(expected);
  });

  it('shows the item that matched for the positional operator', () => {
    expect(project('{"a.$":1}', '{"_id":1,"a":[1,2,3]}', '{"a":{"$gt":1}}')).toBe('{"_id":1,"a":[2]}');
    expect(() => project('{"a.$":1}', '{"a":5}', '{"a":5}')).not.toThrow();
    expect(() => project('{"a.$":1}', '{"a":[1],"b":1}', '{"b":1,"a":{"$exists":true}}')).not.toThrow();
    expect(() => project('{"a.$":1}', '{"a":[1]}', '{"$or":[{"a":1}]}')).toThrow(/positional operator/);
  });

  it('leaves out arrays inside documents that lack the item', () => {
    const document = '{"_id":1,"a":{"b":[1,2],"c":3},"d":[5]}';
    expect(project('{"a.b.$":1}', document, '{"a.c":3}')).toBe('{"_id":1,"a":{}}');
    expect(project('{"a.b.$":1}', document, '{"a.b":2}')).toBe('{"_id":1,"a":{"b":[2]}}');
    expect(() => project('{"d.$":1,"a.b":1}', document, '{"a.b":2,"d":{"$exists":true}}')).not.toThrow();
  });

  it('takes arrays by the positional operator beside what looks like a reference', () => {
    expect(() => project('{"a.$id":1}', '{"a":[{"$id":1}]}')).toThrow(/positional operator/);
    expect(project('{"a.$id":1}', '{"a":{"$id":1,"x":2}}')).toBe('{"a":{"$id":1}}');
  });

  it('cuts the numbers of $slice as mongod does', () => {
    expect(project('{"a":{"$slice":{"$numberDouble":"NaN"}}}', '{"a":[1,2]}')).toBe('{"a":[1,2]}');
    expect(project('{"a":{"$slice":{"$numberDecimal":"1.5"}}}', '{"a":[1,2,3]}')).toBe('{"a":[1,2]}');
    expect(project('{"a":{"$slice":1.9}}', '{"a":[1,2,3]}')).toBe('{"a":[1]}');
  });

  it('adds metadata after the fields', () => {
    const document = addMetadata(fromEjson('{"s":1}'), { textScore: 1.5 });
    const compiled = parseProjection(fromEjson('{"s":{"$meta":"textScore"}}'), undefined, {});
    expect(toEjson(compiled.apply(document))).toBe('{"s":{"$numberDouble":"1.5"}}');
  });

  it.each([
    ['{"a":1,"b":0}', /mix of inclusion and exclusion/],
    ['{"a":{"b":1}}', /Unsupported projection option: a: \{ b: 1 \}/],
    ['{"a":{}}', />1 field in obj/],
    ['{"a":{"$slice":"x"}}', /only supports numbers/],
    ['{"a":{"$slice":[1,0]}}', /limit must be positive/],
    ['{"a.b":{"$elemMatch":{"c":1}}}', /nested field/],
    ['{"a.$":1,"b.$":1}', /does not match the query document|more than one positional/],
    ['{"a.b":{"$meta":"textScore"}}', /cannot be nested/],
  ])('refuses %s', (projection, message) => {
    expect(() => project(projection, '{}')).toThrow(message);
  });
});
