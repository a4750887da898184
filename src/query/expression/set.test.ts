import { describe, expect, it } from 'vitest';
import { double, evaluate, failure, int } from '../../../test/support/expressions.ts';

const [one, two, three] = [int(1), int(2), int(3)];

describe('sets', () => {
  it.each([
    [
      {
        $setUnion: [
          [two, one],
          [one, three],
        ],
      },
      [one, two, three],
    ],
    [{ $setUnion: [[one], [double(1)]] }, [one]],
    [{ $setUnion: [[one], null] }, null],
    [{ $setUnion: [] }, []],
    [
      {
        $setIntersection: [
          [one, two, two],
          [two, three],
        ],
      },
      [two],
    ],
    [{ $setIntersection: [[], 'a'] }, []],
    [{ $setIntersection: ['$none', [one]] }, null],
    [{ $setDifference: [[three, one, three, two], [two]] }, [three, one]],
    [{ $setDifference: [null, [one]] }, null],
    [
      {
        $setEquals: [
          [one, two, one],
          [two, one],
        ],
      },
      true,
    ],
    [{ $setEquals: [[one], [two], [one]] }, false],
    [
      {
        $setIsSubset: [
          [one, one],
          [one, two],
        ],
      },
      true,
    ],
    [{ $setIsSubset: [[three], [one]] }, false],
    [{ $anyElementTrue: [[int(0), null, one]] }, true],
    [{ $anyElementTrue: [[]] }, false],
    [{ $allElementsTrue: [[]] }, true],
    [{ $allElementsTrue: [[one, null]] }, false],
  ])('%j', (expression, result) => {
    expect(evaluate(expression)).toEqual(result);
  });

  it.each([
    [{ $setUnion: [[one], one] }, 17043],
    [{ $setIntersection: [[one], one] }, 17047],
    [{ $setDifference: [one, [one]] }, 17048],
    [{ $setDifference: [[one], one] }, 17049],
    [{ $setEquals: [[one], null] }, 17044],
    [{ $setEquals: [[one]] }, 17045],
    [{ $setIsSubset: [one, [one]] }, 17046],
    [{ $setIsSubset: ['$none', [one]] }, 17310],
    [{ $setIsSubset: ['$none', one] }, 17311],
    [{ $setIsSubset: ['$none', ['$none']] }, 17046],
    [{ $setIsSubset: [[one], null] }, 17042],
    [{ $anyElementTrue: one }, 17041],
    [{ $allElementsTrue: null }, 17040],
  ])('%j fails with %i', (expression, code) => {
    expect(failure(expression)).toBe(code);
  });
});

describe('$literal, $type and $meta', () => {
  it.each([
    [{ $literal: { $add: [one] } }, { $add: [one] }],
    [{ $const: '$a' }, '$a'],
    [{ $type: '$none' }, 'missing'],
    [{ $type: { $literal: { $minKey: 1 } } }, 'minKey'],
    [{ $type: [[one]] }, 'array'],
    [{ $meta: 'textScore' }, undefined],
  ])('%j', (expression, result) => {
    expect(evaluate(expression)).toEqual(result);
  });

  it('knows what $meta may be asked', () => {
    expect(failure({ $meta: one })).toBe(17307);
    expect(failure({ $meta: 'other' })).toBe(17308);
  });
});
