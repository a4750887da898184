import { describe, expect, it } from 'vitest';
import { double, evaluate, failure, int, decimal, long } from '../../../test/support/expressions.ts';

describe('truth', () => {
  it.each([
    [int(0), false],
    [long(0), false],
    [double(-0), false],
    [double(NaN), true],
    [decimal('0E+3'), false],
    [decimal('NaN'), true],
    [null, false],
    ['$none', false],
    ['', true],
    [[], true],
    [false, false],
  ])('%j is %s', (value, truth) => {
    expect(evaluate({ $not: [value] })).toBe(!truth);
    expect(evaluate({ $cond: [value, 'yes', 'no'] })).toBe(truth ? 'yes' : 'no');
    expect(evaluate({ $and: [true, value] })).toBe(truth);
    expect(evaluate({ $or: [false, value] })).toBe(truth);
  });

  it('of nothing', () => {
    expect(evaluate({ $and: [] })).toBe(true);
    expect(evaluate({ $or: [] })).toBe(false);
  });
});

describe('$cond, $ifNull and $switch', () => {
  it.each([
    [{ $cond: { if: true, then: 'a', else: 'b' } }, 'a'],
    [{ $cond: [false, 'a', '$none'] }, undefined],
    [{ $ifNull: ['$none', 'a'] }, 'a'],
    [{ $ifNull: ['$x', 'a'] }, int(0)],
    [{ $switch: { branches: [{ case: '$x', then: 1 }], default: 'd' } }, 'd'],
    [
      {
        $switch: {
          branches: [
            { case: '$x', then: 1 },
            { case: 'y', then: 'b' },
          ],
        },
      },
      'b',
    ],
  ])('%j', (expression, result) => {
    expect(evaluate(expression, { x: int(0) })).toEqual(result);
  });

  it.each([
    [{ $cond: [true, 1] }, 16020],
    [{ $cond: { if: true, then: 1, els: 2 } }, 17083],
    [{ $cond: { then: 1, else: 2 } }, 17080],
    [{ $cond: { if: 1, else: 2 } }, 17081],
    [{ $cond: { if: 1, then: 2 } }, 17082],
    [{ $ifNull: [1] }, 16020],
    [{ $switch: 'a' }, 40060],
    [{ $switch: { branches: 'a' } }, 40061],
    [{ $switch: { branches: ['a'] } }, 40062],
    [{ $switch: { branches: [{ case: true, when: 1 }] } }, 40063],
    [{ $switch: { branches: [{ then: 1 }] } }, 40064],
    [{ $switch: { branches: [{ case: true }] } }, 40065],
    [{ $switch: { branches: [{ case: false, then: 1 }] } }, 40066],
    [{ $switch: { branches: [], otherwise: 1 } }, 40067],
    [{ $switch: { branches: [] } }, 40068],
  ])('%j fails with %i', (expression, code) => {
    expect(failure(expression)).toBe(code);
  });
});

describe('$let', () => {
  it('binds variables that do not see each other', () => {
    const expression = { $let: { vars: { a: '$x', b: '$$ROOT.y' }, in: { $add: ['$$a', '$$b'] } } };
    expect(evaluate(expression, { x: int(1), y: int(2) })).toEqual(int(3));
    expect(failure({ $let: { vars: { a: int(1), b: '$$a' }, in: '$$b' } })).toBe(17276);
  });

  it('lets inner variables hide outer ones, and gives them back', () => {
    const inner = { $let: { vars: { a: int(2) }, in: '$$a' } };
    const expression = { $let: { vars: { a: int(1) }, in: [inner, '$$a'] } };
    expect(evaluate(expression)).toEqual([int(2), int(1)]);
  });

  it('may bind CURRENT, the start of field paths', () => {
    expect(evaluate({ $let: { vars: { CURRENT: '$a' }, in: '$b' } }, { a: { b: int(5) } })).toEqual(int(5));
  });

  it.each([
    [{ $let: 1 }, 16874],
    [{ $let: { vars: {}, in: 1, x: 1 } }, 16875],
    [{ $let: { in: 1 } }, 16876],
    [{ $let: { vars: {} } }, 16877],
    [{ $let: { vars: { A: 1 }, in: 1 } }, 16867],
    [{ $let: { vars: [1], in: 1 } }, 16867],
    [{ $let: { vars: 1, in: 1 } }, 10065],
    [{ $let: { vars: { 'a-': 1 }, in: 1 } }, 16868],
  ])('%j fails with %i', (expression, code) => {
    expect(failure(expression)).toBe(code);
  });
});

describe('comparison', () => {
  it.each([
    [{ $cmp: [int(1), double(1)] }, int(0)],
    [{ $cmp: ['a', int(1)] }, int(1)],
    [{ $lt: ['$none', null] }, true],
    [{ $gte: [long(9007199254740993n), double(9007199254740992)] }, true],
    [{ $eq: [long(9007199254740993n), double(9007199254740992)] }, false],
    [{ $ne: ['A', 'a'] }, true],
  ])('%j', (expression, result) => {
    expect(evaluate(expression)).toEqual(result);
  });

  it('obeys the collation', () => {
    const insensitive = new Intl.Collator('en', { sensitivity: 'base' });
    const collator = {
      compare: (a: string, b: string) => insensitive.compare(a, b),
      key: (text: string) => text.toLowerCase(),
      spec: {},
    };
    expect(evaluate({ $eq: ['A', 'a'] }, {}, collator)).toBe(true);
    expect(evaluate({ $in: ['A', ['b', 'a']] }, {}, collator)).toBe(true);
    expect(evaluate({ $max: ['a', 'B'] }, {}, collator)).toBe('B');
    expect(evaluate({ $setUnion: [['a'], ['A']] }, {}, collator)).toEqual(['a']);
  });
});
