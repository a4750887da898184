import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareValues, valuesEqual } from '../../src/bson/compare.ts';
import { fromEjson, toEjson } from '../../src/bson/ejson.ts';
import { groupingKey } from '../../src/bson/grouping-key.ts';
import { compareNumbers } from '../../src/bson/numbers.ts';
import { bsonProblem } from '../../src/bson/validate.ts';
import { anyModel, modelValue, numberModel, type Model } from '../support/bson-model.ts';
import { referenceCompare } from '../support/reference-order.ts';
import { runs } from '../support/runs.ts';

function inDocument(model: Model): Buffer {
  return modelValue({ t: 'object', v: [['v', model]] }).slice();
}

describe('the order of BSON values', () => {
  it('is that of the slow reference', () => {
    fc.assert(
      fc.property(anyModel, anyModel, (a, b) => {
        expect(Math.sign(compareValues(modelValue(a), modelValue(b)))).toBe(referenceCompare(a, b) + 0);
      }),
      { numRuns: runs(10000) },
    );
  });

  it('compares numbers of all types exactly', () => {
    fc.assert(
      fc.property(numberModel, numberModel, (a, b) => {
        expect(compareNumbers(modelValue(a), modelValue(b))).toBe(referenceCompare(a, b) + 0);
      }),
      { numRuns: runs(5000) },
    );
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.array(anyModel, { minLength: 3, maxLength: 3 }), (models) => {
        const [a, b, c] = models.map(modelValue).sort((x, y) => compareValues(x, y));
        expect(compareValues(a, c)).toBeLessThanOrEqual(0);
        expect(Math.sign(compareValues(a, b)) + Math.sign(compareValues(b, a))).toBe(0);
      }),
    );
  });

  it('has equal grouping keys for equal values and only for these', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(anyModel, anyModel), fc.tuple(numberModel, numberModel)), ([a, b]) => {
        const [left, right] = [modelValue(a), modelValue(b)];
        expect(groupingKey(left) === groupingKey(right)).toBe(valuesEqual(left, right));
      }),
      { numRuns: runs(5000) },
    );
  });
});

describe('any BSON document', () => {
  it('survives Extended JSON byte for byte', () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        const bytes = inDocument(model);
        expect(fromEjson(toEjson(modelValue({ t: 'object', v: [['v', model]] }))).slice()).toEqual(bytes);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('is valid, and no prefix or extension of it is', () => {
    fc.assert(
      fc.property(anyModel, fc.nat(), (model, cut) => {
        const bytes = inDocument(model);
        expect(bsonProblem(bytes)).toBeUndefined();
        expect(bsonProblem(bytes.subarray(0, cut % bytes.length))).toBeTypeOf('string');
        expect(bsonProblem(Buffer.concat([bytes, Buffer.from([0])]))).toBeTypeOf('string');
      }),
    );
  });
});
