import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../test/support/runs.ts';
import { toValue } from '../../../bson/js.ts';
import { field, items, type Value } from '../../../bson/value.ts';
import { compileMatcher } from '../../../query/match/compile.ts';
import { parseFilter } from '../../../query/match/parse.ts';
import { readIndex } from '../catalog/read-index.ts';
import { btreeKeys } from '../index-keys/btree-keys.ts';
import { encodeEntry } from '../keystring/index-entry.ts';
import { keyIn, prefixOf } from '../prefix.ts';
import { keyFilter } from '../scan/key-filter.ts';
import { planIndex } from './candidate.ts';
import { conjunctsOf } from './predicates.ts';

const table = prefixOf(7);

function indexOn(paths: readonly string[], multikey: boolean) {
  const key = Object.fromEntries(paths.map((path, at) => [path, at % 2 === 0 ? 1 : -1]));
  return readIndex(
    toValue({ spec: { v: 2, key, name: 'x' }, ready: true, multikey }),
    toValue({ x: 'index-1' }),
    {
      idents: new Map([['index-1', { prefix: table, keyVersion: 1 }]]),
    },
  )!;
}

/** Whether mongod refuses to index the document: an item has a field by the number of a position on the path. */
function isAmbiguous(value: Value, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return false;
  if (!value.isArray()) {
    const next = value.isDocument() ? field(value, name) : undefined;
    return next !== undefined && isAmbiguous(next, rest);
  }
  const all = [...items(value)];
  const placed = /^\d+$/.test(name) ? field(value, name) : undefined;
  if (placed)
    return (
      all.some((item) => item.isDocument() && field(item, name) !== undefined) || isAmbiguous(placed, rest)
    );
  return all.some((item) => item.isDocument() && isAmbiguous(item, [name, ...rest]));
}

const scalar = fc.constantFrom<unknown>(1, 2, 3, 'm', null);
const { value: model, many } = fc.letrec<{ value: unknown; many: unknown }>((tie) => ({
  many: fc.oneof(
    { arbitrary: fc.array(tie('value'), { minLength: 1, maxLength: 3 }), weight: 3 },
    {
      arbitrary: fc.dictionary(fc.constantFrom('0', 'b'), tie('value'), { minKeys: 1, maxKeys: 2 }),
      weight: 1,
    },
  ),
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(scalar, { maxLength: 2 }), tie('many')),
}));
const path = fc.constantFrom('a', 'a.0', 'a.1', 'a.b', 'a.0.b', 'a.b.0', 'a.0.0', 'c');
/** A value and all that is in it. */
function within(value: unknown): unknown[] {
  return [value, ...(value instanceof Object ? Object.values(value).flatMap(within) : [])];
}

/** Tests of values that the document has at the path, or somewhere. */
function testsOf(document: Record<string, unknown>, at: string) {
  const there = at
    .split('.')
    .reduce<unknown>(
      (value, name) => (value as Record<string, unknown> | undefined | null)?.[name],
      document,
    );
  const value = fc.oneof(
    fc.constantFrom(...within(document)),
    fc.constantFrom(...within(there ?? null)),
    scalar,
  );
  return fc.oneof(
    value,
    fc
      .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne'), value)
      .map(([name, operand]) => ({ [name]: operand })),
    fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => ({ $in: values })),
    fc.boolean().map((yes) => ({ $exists: yes })),
    fc.constantFrom<unknown>(
      { $elemMatch: { $gt: 1 } },
      { $elemMatch: { 0: 1 } },
      { $elemMatch: { b: 1 } },
      { $mod: [2, 1] },
    ),
  );
}

const asked = fc
  .tuple(
    fc.record({ a: fc.oneof(model, many, many), c: scalar }, { requiredKeys: ['a'] }),
    fc.uniqueArray(path, { minLength: 1, maxLength: 2 }),
  )
  .chain(([shown, paths]) => {
    const test = fc.constantFrom(...paths).chain((at) => fc.tuple(fc.constant(at), testsOf(shown, at)));
    return fc.tuple(fc.constant(shown), fc.constant(paths), fc.array(test, { minLength: 1, maxLength: 2 }));
  });

describe('the plan of an index', () => {
  it('reads a key of every document that matches, at positions too', () => {
    let matched = 0;
    let atPositions = 0;
    fc.assert(
      fc.property(asked, ([shown, paths, tests]) => {
        const document = toValue(shown);
        fc.pre(!paths.some((each) => isAmbiguous(document, each.split('.'))));
        const filter = parseFilter(toValue({ $and: tests.map(([on, operand]) => ({ [on]: operand })) }), {});
        let keys: Value[][] = [];
        try {
          keys = btreeKeys(document, paths, false);
        } catch {
          fc.pre(false);
        }
        const index = indexOn(paths, keys.length > 1);
        const plan = planIndex(index, {
          conjuncts: conjunctsOf(filter),
          sort: undefined,
          simpleCollation: true,
        });
        if (plan === undefined || !compileMatcher(filter, {})(document)) return;
        matched++;
        if (paths.some((each) => /\d/.test(each)) && plan.bounds.some(({ used }) => used.length > 0))
          atPositions++;
        const passes = keyFilter(plan) ?? (() => true);
        const read = keys.filter((key) => {
          const entry = encodeEntry(key, 1n, index.table!.layout).key;
          const inRange = plan.ranges.some(
            ({ lower, upper }) => lower.compare(entry) <= 0 && entry.compare(upper) < 0,
          );
          return inRange && passes(keyIn(table, entry));
        });
        expect(read.length).toBeGreaterThan(0);
      }),
      { numRuns: runs(20_000) },
    );
    expect(matched).toBeGreaterThan(runs(800));
    expect(atPositions).toBeGreaterThan(runs(250));
  });
});
