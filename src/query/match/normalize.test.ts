import { describe, expect, it } from 'vitest';
import { fromEjson } from '../../bson/ejson.ts';
import { compileDetailedMatcher, compileMatcher } from './compile.ts';
import { normalizeFilter } from './normalize.ts';
import { parseFilter } from './parse.ts';
import type { MatchNode } from './tree.ts';

function normalized(filter: string): MatchNode {
  return normalizeFilter(parseFilter(fromEjson(filter), {}), undefined);
}

describe('normalized filters', () => {
  it.each([
    ['{"a":{"$in":[5]}}', '{"a":5}'],
    ['{"a":{"$in":[5,{"$numberDouble":"5.0"}]}}', '{"a":5}'],
    [
      '{"a":{"$in":[{"$regularExpression":{"pattern":"x","options":"i"}}]}}',
      '{"a":{"$regex":"x","$options":"i"}}',
    ],
    ['{"a":{"$nin":[5]}}', '{"a":{"$ne":5}}'],
    ['{"$or":[{"a":1}]}', '{"a":1}'],
    ['{"$or":[{"a":1},{"$or":[{"b":1},{"c":1}]}]}', '{"$or":[{"a":1},{"b":1},{"c":1}]}'],
    ['{"$and":[{"b":1},{"$and":[{"a":{"$gt":1}},{"a":1}]}]}', '{"a":{"$eq":1,"$gt":1},"b":1}'],
  ])('%s is %s', (filter, same) => {
    expect(JSON.stringify(shape(normalized(filter)))).toBe(JSON.stringify(shape(normalized(same))));
  });

  it('finds undefined by an $in of null alone', () => {
    const document = fromEjson('{"a":{"$undefined":true}}');
    const matches = (filter: string) => compileMatcher(normalized(filter), {})(document);
    expect(matches('{"a":{"$in":[null]}}')).toBe(true);
    expect(matches('{"a":{"$in":[null,5]}}')).toBe(false);
  });

  it('keeps an $in of several values or none', () => {
    expect(normalized('{"a":{"$in":[]}}')).toMatchObject({ kind: 'in' });
    expect(normalized('{"a":{"$in":[1,2]}}')).toMatchObject({ kind: 'in' });
  });

  it('orders predicates by kind, then by path', () => {
    const filter =
      '{"d":{"$type":2},"c":{"$gt":1},"b":1,"a":1,"e":{"$ne":1},"f":{"$size":1},"$or":[{"x":1},{"y":1}]}';
    const tree = normalized(filter);
    const order =
      'children' in tree ? tree.children.map((child) => ('path' in child ? child.path : child.kind)) : [];
    expect(order).toEqual(['or', 'f', 'a', 'b', 'c', 'not', 'd']);
  });

  it('lets the last predicate in that order name the item of the positional operator', () => {
    const document = fromEjson('{"a":[1,2,3],"b":[7,8,9]}');
    const found = (filter: string) => compileDetailedMatcher(normalized(filter), {})(document)?.arrayIndex;
    expect(found('{"a":2,"b":9}')).toBe('2');
    expect(found('{"b":9,"a":2}')).toBe('2');
    expect(found('{"b":{"$in":[8,0]},"a":{"$gt":2}}')).toBe('1');
    expect(found('{"$or":[{"a":2}]}')).toBe('1');
    expect(found('{"$or":[{"a":2},{"b":1}]}')).toBeUndefined();
  });
});

/** Without the values' bytes, which say where in a document they lay. */
function shape(node: MatchNode): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) =>
      key === 'bytes' || key === 'start' || key === 'end' ? undefined : value,
    ),
  );
}
