import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../src/query/errors.ts';
import { createScope, parseExpression } from '../../src/query/expression/parse.ts';
import { Variables } from '../../src/query/expression/variables.ts';
import { ejson, int, plain } from '../support/expressions.ts';
import { runs } from '../support/runs.ts';

// Small whole numbers: no sum or product of theirs overflows or rounds, so the order of operands must not matter.
const leaf = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map(int),
  fc.constantFrom<unknown>('$a', '$b', '$c.d', '$none', null, true),
);

const { expression } = fc.letrec<{ expression: unknown; list: unknown[] }>((tie) => ({
  list: fc.array(tie('expression'), { maxLength: 3 }),
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc
      .tuple(
        fc.constantFrom('$add', '$multiply', '$sum', '$min', '$max', '$and', '$or', '$avg', '$concatArrays'),
        tie('list'),
      )
      .map(([name, operands]) => ({ [name]: operands })),
    fc
      .tuple(
        fc.constantFrom('$cmp', '$eq', '$lt', '$subtract', '$ifNull', '$mod'),
        tie('expression'),
        tie('expression'),
      )
      .map(([name, left, right]) => ({ [name]: [left, right] })),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map((operands) => ({ $cond: operands })),
    tie('list').map((items) => ({ $map: { input: items, as: 'x', in: { $add: ['$$x', int(1)] } } })),
    tie('expression').map((value) => ({ $let: { vars: { v: value }, in: ['$$v', { w: '$$v' }] } })),
  ),
}));

const documents = fc.record({
  a: fc.integer({ min: -5, max: 5 }).map(int),
  b: fc.constantFrom<unknown>(null, 'text', [int(1), int(2)], true),
  c: fc.constantFrom<unknown>({ d: int(3) }, [{ d: int(1) }, int(2)], int(0)),
});

describe('optimized expressions', () => {
  it('give what the expressions as written give', () => {
    fc.assert(
      fc.property(expression, documents, (written, document) => {
        const parsed = parseExpression(ejson(written), createScope(undefined));
        const variables = (): Variables => new Variables(ejson(document));
        let found: unknown;
        let wanted: unknown;
        try {
          found = plain(parsed.optimize().evaluate(variables()));
          wanted = plain(parsed.evaluate(variables()));
        } catch (error) {
          // Which operand is looked at first decides between an error and another, or null.
          if (error instanceof CommandError) return;
          throw error;
        }
        expect(found).toEqual(wanted);
      }),
      { numRuns: runs(1000) },
    );
  });
});
