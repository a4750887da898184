import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import type { QueryShape } from '../../../query/geo/shape.ts';
import type { GeoPredicate } from '../../../query/geo/within.ts';
import { hasPosition } from './multikey.ts';
import type { MatchNode, RegexNode } from '../../../query/match/tree.ts';
import { isNaNValue } from './nan.ts';

/** What a filter asks of one path, as far as an index can use it. */
export type Test =
  | { op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte'; value: Value }
  | { op: 'in'; values: readonly Value[]; regexes: readonly Regex[] }
  | ({ op: 'regex' } & Regex)
  | { op: 'exists' }
  /** A number, whichever. */
  | { op: 'number' }
  /** A place within the shape, or one that it meets. */
  | { op: 'geo'; shape: QueryShape }
  /** One element of the array passes all of them; the tests are on the path itself. */
  | { op: 'element'; tests: readonly Test[] };

export interface Regex {
  pattern: string;
  options: string;
}

/** A part of a filter that every match must pass. */
export type Conjunct =
  | PathConjunct
  | { kind: 'or'; branches: readonly (readonly Conjunct[])[] }
  /** Nothing an index can use. */
  | { kind: 'other' };

export interface PathConjunct {
  kind: 'path';
  path: string;
  test: Test;
  /** Whether the keys within the bounds are just those of the documents that match, where no array is about. */
  exact: boolean;
}

const other: Conjunct = { kind: 'other' };

/**
 * Takes a filter apart into its conjuncts. What an index cannot use becomes `other`: the planner may read too many
 * documents, never too few, because the matcher looks at every document again.
 */
export function conjunctsOf(node: MatchNode): Conjunct[] {
  switch (node.kind) {
    case 'alwaysTrue':
      return [];
    case 'and':
      return node.children.flatMap(conjunctsOf);
    case 'or':
      return [{ kind: 'or', branches: node.children.map(conjunctsOf) }];
    case 'elemMatchObject':
      return conjunctsOf(node.child).map((inner) =>
        inner.kind === 'path' ? inItem(node.path, inner) : other,
      );
    case 'elemMatchValue': {
      const tests = node.children.flatMap((child) => elementTest(child) ?? []);
      return tests.length === 0
        ? [other]
        : [{ kind: 'path', path: node.path, test: { op: 'element', tests }, exact: false }];
    }
    default: {
      const test = testOf(node);
      if (test === undefined || !('path' in node)) return [other];
      return [{ kind: 'path', path: node.path, test, exact: isExact(test) && !hasPosition(node.path) }];
    }
  }
}

/** A condition within $elemMatch. A number in its path names a field or position of any item: no key has that. */
function inItem(path: string, inner: PathConjunct): Conjunct {
  const whole = `${path}.${inner.path}`;
  return hasPosition(whole) ? other : { ...inner, path: whole, exact: false };
}

function testOf(node: MatchNode): Test | undefined {
  switch (node.kind) {
    case 'compare':
      return { op: node.operator, value: node.value };
    case 'in':
      return { op: 'in', values: node.values, regexes: node.regexes.map(regexOf) };
    case 'regex':
      return { op: 'regex', ...regexOf(node) };
    case 'exists':
      return { op: 'exists' };
    case 'mod':
      return { op: 'number' };
    case 'geo':
      return { op: 'geo', shape: (node.geo as GeoPredicate).shape };
    default:
      return undefined;
  }
}

function regexOf({ pattern, options }: RegexNode): Regex {
  return { pattern, options };
}

/** Inside $elemMatch an array is compared with the element as a whole, not with what is in it. */
function elementTest(node: MatchNode): Test | undefined {
  const test = testOf(node);
  const values = test?.op === 'in' ? test.values : test && 'value' in test ? [test.value] : [];
  return values.some(({ type }) => type === BsonType.array || isNullish(type)) ? undefined : test;
}

function isNullish(type: number): boolean {
  return type === BsonType.null || type === BsonType.undefined;
}

function isExact(test: Test): boolean {
  switch (test.op) {
    case 'in':
      return test.regexes.length === 0 && test.values.every(isPlain);
    case 'eq':
    case 'gte':
    case 'lte':
      return isPlain(test.value);
    case 'gt':
    case 'lt':
      // Nothing is above or below NaN; the bounds do not say so.
      return isPlain(test.value) && !isNaNValue(test.value);
    default:
      return false;
  }
}

/** Null stands for missing fields too, and arrays are indexed by their elements. */
function isPlain({ type }: Value): boolean {
  return !isNullish(type) && type !== BsonType.array && type !== BsonType.minKey && type !== BsonType.maxKey;
}
