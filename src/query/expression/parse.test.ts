import { describe, expect, it } from 'vitest';
import { ejson, evaluate, failure, int, plain } from '../../../test/support/expressions.ts';
import { Dependencies } from './dependencies.ts';
import { compileExpression, createScope, parseExpression } from './parse.ts';

describe('field paths', () => {
  const document = {
    a: { b: [{ c: int(1) }, int(2), { d: int(3) }, [{ c: int(4) }], { c: [int(5)] }] },
    x: int(9),
    'd.e': int(1),
  };

  it.each([
    ['$x', int(9)],
    ['$a.b.c', [int(1), [int(5)]]],
    ['$a.b.0', []],
    ['$x.y', undefined],
    ['$none', undefined],
    ['$a.none', undefined],
    ['$$ROOT.x', int(9)],
    ['$$CURRENT.x', int(9)],
    ['x', 'x'],
  ])('%s', (path, result) => {
    expect(evaluate(path, document)).toEqual(result);
  });

  it.each([
    ['$', 16872],
    ['$a.', 40353],
    [`$${'a.'.repeat(199)}a`, 15],
    ['$a..b', 15998],
    ['$.a', 15998],
    ['$a.$b', 16410],
    ['$a\0b', 16411],
    ['$$', 16869],
    ['$$1', 16870],
    ['$$a-b', 16871],
    ['$$NOW', 17276],
    ['$$none.', 17276],
  ])('%j fails with %i', (path, code) => {
    expect(failure(path)).toBe(code);
  });
});

describe('objects and arrays', () => {
  it('leave missing fields out, and give null for missing items', () => {
    expect(evaluate({ a: '$x', b: '$none', c: { d: '$none' } }, { x: int(1) })).toEqual({ a: int(1), c: {} });
    expect(evaluate(['$x', '$none'], { x: int(1) })).toEqual([int(1), null]);
  });

  it.each([
    [{ 'a.b': int(1) }, 16412],
    [{ a: int(1), $b: int(1) }, 16410],
    [{ '': int(1) }, 15998],
    [{ $sum: int(1), $avg: int(1) }, 15983],
    [{ $mergeObjects: [{}] }, 168],
    [{ $nosuch: int(1) }, 168],
  ])('%j fails with %i', (expression, code) => {
    expect(failure(expression)).toBe(code);
  });
});

describe('optimize', () => {
  const optimized = (expression: unknown): unknown =>
    plain(compileExpression(ejson(expression), createScope(undefined)).toValue());

  it('computes what is constant', () => {
    expect(optimized({ $add: [int(1), { $multiply: [int(2), int(3)] }] })).toEqual({ $const: int(7) });
  });

  it('joins nested uses and moves constants to the end where the order is free', () => {
    expect(optimized({ $add: [int(1), '$a', { $add: ['$b', int(2)] }] })).toEqual({
      $add: ['$a', '$b', { $const: int(3) }],
    });
    expect(optimized({ $concat: ['a', 'b', '$x', { $concat: ['c', 'd'] }] })).toEqual({
      $concat: [{ $const: 'ab' }, '$x', { $const: 'cd' }],
    });
    expect(optimized({ $sum: [{ $sum: ['$a'] }, '$b'] })).toEqual({ $sum: [{ $sum: ['$a'] }, '$b'] });
  });

  it('leaves out constants that do not decide $and or $or', () => {
    expect(optimized({ $and: [true, '$a'] })).toEqual({ $and: ['$a'] });
    expect(optimized({ $or: [true, '$a'] })).toEqual({ $const: true });
  });

  it('shows errors in constants without a document', () => {
    const scope = createScope(undefined);
    const parsed = parseExpression(ejson({ $divide: [int(1), int(0)] }), scope);
    expect(() => parsed.optimize()).toThrow("can't $divide by zero");
  });
});

describe('addDependencies', () => {
  const readsScore = (expression: unknown): boolean => {
    const dependencies = new Dependencies();
    parseExpression(ejson(expression), createScope(undefined)).addDependencies(dependencies);
    return dependencies.textScore;
  };
  const score = { $meta: 'textScore' };

  it.each([
    score,
    { $cond: ['$a', score, '$b'] },
    { $let: { vars: { v: score }, in: '$$v.c' } },
    { $map: { input: '$d', in: { $add: ['$$this', score] } } },
    { x: ['$f', score] },
  ])('sees the score in %j', (expression) => {
    expect(readsScore(expression)).toBe(true);
  });

  it('sees none in fields', () => {
    expect(readsScore({ $add: ['$a', '$$ROOT.textScore'] })).toBe(false);
  });
});
