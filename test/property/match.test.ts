import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDetailedMatcher, compileMatcher } from '../../src/query/match/compile.ts';
import { parseFilter } from '../../src/query/match/parse.ts';
import { modelValue } from '../support/bson-model.ts';
import { anyFilter, documentModel, filterModel } from '../support/filter-arbitrary.ts';
import { referenceMatches } from '../support/reference-match.ts';
import { runs } from '../support/runs.ts';

describe('the matcher', () => {
  it('agrees with the slow reference on random documents and filters', () => {
    let matched = 0;
    fc.assert(
      fc.property(documentModel, anyFilter, (document, filter) => {
        const node = parseFilter(modelValue(filterModel(filter)), {});
        const value = modelValue(document);
        const result = compileMatcher(node, {})(value);
        if (result) matched++;
        expect(result).toBe(referenceMatches(filter, document));
        expect(compileDetailedMatcher(node, {})(value) !== undefined).toBe(result);
      }),
      { numRuns: runs(5000) },
    );
    expect(matched).toBeGreaterThan(runs(5000) / 10);
  });
});
