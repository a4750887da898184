import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../test/support/runs.ts';
import { toValue } from '../../../bson/js.ts';
import { parseFilter } from '../../../query/match/parse.ts';
import { textIndexOf } from '../../../query/text/text-index.ts';
import { compileTextSearch } from '../../../query/text/text-search.ts';
import { readIndex } from '../catalog/read-index.ts';
import { textKeys } from '../index-keys/text-keys.ts';
import { encodeEntry } from '../keystring/index-entry.ts';
import { prefixOf } from '../prefix.ts';
import { conjunctsOf } from './predicates.ts';
import { planText } from './text-plan.ts';

function indexOf(version: number, more: Record<string, unknown> = {}) {
  const spec = {
    ...{ v: 2, key: { a: -1, _fts: 'text', _ftsx: 1, c: 1 }, name: 'a_text_c' },
    ...{ weights: { body: 1 }, default_language: 'english', textIndexVersion: version, ...more },
  };
  const table = { prefix: prefixOf(7), keyVersion: 1 } as const;
  return readIndex(toValue({ spec, ready: true, multikey: true }), toValue({ a_text_c: 'index-1' }), {
    idents: new Map([['index-1', table]]),
  })!;
}

function plan(index: ReturnType<typeof indexOf>, search: string, filter: unknown, simple = true) {
  const query = { search, language: undefined, caseSensitive: false, diacriticSensitive: false };
  const compiled = compileTextSearch(query, textIndexOf(index.spec));
  return planText(index, compiled, conjunctsOf(parseFilter(toValue(filter), {})), simple);
}

describe('the ranges of a text search', () => {
  const word = fc.constantFrom('red', 'reds', 'green', 'gr', 'x'.repeat(40), 'y'.repeat(300), 'é');
  const a = fc.constantFrom(null, 1, 2, 'red', 1.5);

  it.each([1, 2, 3])('of version %i hold just the entries of its terms under the given prefix', (version) => {
    const index = indexOf(version);
    const texts = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(texts, a, texts, a, (body, given_, search, wanted) => {
        const definition = textIndexOf(index.spec);
        const { ranges, settled } = plan(index, search, { a: wanted })!;
        expect(settled).toBe(2);
        const document = toValue({ body, c: 7, ...(given_ === null ? {} : { a: given_ }) });
        const within = textKeys(document, definition).filter((key) => {
          const entry = encodeEntry(key, 1n, index.table!.layout).key;
          return ranges.some(({ lower, upper }) => lower.compare(entry) <= 0 && entry.compare(upper) < 0);
        });
        const query = { search, language: undefined, caseSensitive: false, diacriticSensitive: false };
        const { score } = compileTextSearch(query, definition);
        expect(within.length > 0).toBe(given_ === wanted && score(document) !== undefined);
      }),
      { numRuns: runs(500) },
    );
  });

  it('are none where a field before the text is not bound to one value', () => {
    expect(plan(indexOf(3), 'red', {})).toBeUndefined();
    expect(plan(indexOf(3), 'red', { a: { $gt: 1 } })).toBeUndefined();
    expect(plan(indexOf(3), 'red', { a: 'x' }, false)).toBeUndefined();
    expect(plan(indexOf(3), 'red', { a: 1 }, false)?.ranges).toHaveLength(1);
  });

  it('are none in a partial index that may lack what is wanted', () => {
    const partial = indexOf(3, { partialFilterExpression: { n: { $gt: 5 } } });
    expect(plan(partial, 'red', { a: 1 })).toBeUndefined();
    expect(plan(partial, 'red', { a: 1, n: { $gt: 7 } })?.ranges).toHaveLength(1);
  });
});
