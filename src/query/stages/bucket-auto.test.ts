import { describe, expect, it } from 'vitest';
import { aggregate } from '../../../test/support/pipelines.ts';

describe('rounded buckets', () => {
  const bounds = async (values: unknown[], granularity: string, buckets: number) => {
    const documents = values.map((v, _id) => ({ _id, v }));
    const found = await aggregate(documents, [{ $bucketAuto: { groupBy: '$v', buckets, granularity } }]);
    return found.map((bucket) => {
      const { min, max } = (bucket as { _id: { min: unknown; max: unknown } })._id;
      return [min, max];
    });
  };
  const decimal = (text: string) => ({ $numberDecimal: text });
  const double = (text: string) => ({ $numberDouble: text });

  it('end below the next bucket where they hold zeros only', async () => {
    expect(await bounds([0, 0, 7, 9], 'R5', 2)).toEqual([
      [0, double('6.300000000000001')],
      [double('6.300000000000001'), double('10.0')],
    ]);
  });

  it('keep decimals as decimals, with the digits of a converted double', async () => {
    expect(await bounds([decimal('3'), decimal('70')], 'R5', 2)).toEqual([
      [decimal('2.50000000000000'), decimal('4.00000000000000')],
      [decimal('4.00000000000000'), decimal('100.0000000000000')],
    ]);
    expect(await bounds([decimal('3'), decimal('70')], 'POWERSOF2', 2)).toEqual([
      [decimal('2'), decimal('4')],
      [decimal('4'), decimal('128')],
    ]);
  });

  it('are exact powers of two for whole numbers, and doubles beyond 64 bits', async () => {
    const most = { $numberLong: '9223372036854775807' };
    expect(await bounds([1, most], 'POWERSOF2', 2)).toEqual([
      [double('0.5'), 2],
      [2, double('9223372036854776000.0')],
    ]);
  });

  it('come to an end with infinity', async () => {
    const infinity = double('Infinity');
    expect(await bounds([1, infinity], 'E6', 2)).toEqual([
      [double('0.68'), double('1.5')],
      [double('1.5'), infinity],
    ]);
  });

  it('count where the output is empty', async () => {
    const stage = { $bucketAuto: { groupBy: '$age', buckets: 1, output: {} } };
    expect(await aggregate([{ _id: 1, age: 3 }], [stage])).toEqual([{ _id: { min: 3, max: 3 }, count: 1 }]);
  });
});
