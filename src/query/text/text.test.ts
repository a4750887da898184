import { describe, expect, it } from 'vitest';
import { bson } from '../../../test/support/pipelines.ts';
import { foldCase, stripDiacritics } from './characters.ts';
import { termScores } from './score.ts';
import { parseSearchString } from './search-string.ts';
import { isTextIndex, textIndexOf } from './text-index.ts';
import { parseTextOperator } from './text-operator.ts';
import { compileTextSearch, type TextQuery } from './text-search.ts';
import { tokens } from './tokenizer.ts';

const index = textIndexOf(
  bson({
    key: { _fts: 'text', _ftsx: 1 },
    weights: { body: 1, title: 10 },
    default_language: 'english',
    language_override: 'language',
  }),
);

function score(query: Partial<TextQuery> & { search: string }, document: unknown): number | undefined {
  const whole = { language: undefined, caseSensitive: false, diacriticSensitive: false, ...query };
  return compileTextSearch(whole, index).score(bson(document));
}

describe('terms', () => {
  it.each([
    [
      'english',
      'The writers were VERIFYING, re-verified: verify!',
      ['writer', 'verifi', 're', 'verifi', 'verifi'],
    ],
    ['english', "don't stop o'clock", ['stop', "o'clock"]],
    ['french', "L'énergie à l'index", ['energ', 'index']],
    ['none', 'The Backups', ['the', 'backups']],
    ['turkish', 'IŞIK', ['ışık'.normalize('NFC').replace('ş', 's')]],
  ])('%s: %s', (language, text, expected) => {
    expect([...tokens(text, { language, version: 3 }, { dropStopWords: true })]).toEqual(expected);
  });

  it('fold one character to one, and lose diacritics', () => {
    expect(foldCase('ÄΣςẞIſ', 'none')).toBe('äσσßis');
    expect(foldCase('Iİ', 'turkish')).toBe('ıi');
    expect(stripDiacritics('çà^`ñ')).toBe('can');
  });
});

describe('search strings', () => {
  it.each([
    ['a "b c" d', { wanted: 'a b c d ', unwanted: '', phrases: ['b c'], unwantedPhrases: [] }],
    ['a -b-c d', { wanted: 'a d ', unwanted: 'b c ', phrases: [], unwantedPhrases: [] }],
    ['a -"b c"', { wanted: 'a ', unwanted: '', phrases: [], unwantedPhrases: ['b c'] }],
    ['a- b', { wanted: 'a b ', unwanted: '', phrases: [], unwantedPhrases: [] }],
    ['"a b', { wanted: 'a b ', unwanted: '', phrases: [], unwantedPhrases: [] }],
  ])('%s', (search, expected) => {
    expect(parseSearchString(search)).toEqual(expected);
  });
});

describe('scores', () => {
  it('halve with each further occurrence and count a whole field more', () => {
    const scores = termScores(bson({ title: 'backup backup', body: 'a backup of one index' }), index);
    // 10 * (1 + 1/2) * 1 in the title, (0.5 * 1/3 + 0.5) in the body: "a" and "of" are stop words.
    expect(scores.get('backup')).toBeCloseTo(15 + 0.5 / 3 + 0.5, 12);
    expect(termScores(bson({ title: 'index' }), index).get('index')).toBeCloseTo(11, 12);
  });

  it('add up over the terms of the search', () => {
    expect(score({ search: 'red green' }, { body: 'red green blue grey' })).toBeCloseTo(
      2 * (0.5 / 4 + 0.5),
      12,
    );
  });
});

describe('matches', () => {
  const document = { title: 'Storage engine', body: 'A backup, restored; café', nested: { body: 'secret' } };

  it.each([
    [{ search: 'restore' }, true],
    [{ search: 'secret' }, false],
    [{ search: 'backup -restore' }, false],
    [{ search: '-backup' }, false],
    [{ search: 'the a of' }, false],
    [{ search: '"storage engine"' }, true],
    [{ search: '"engine storage"' }, false],
    [{ search: 'backup -"storage engine"' }, false],
    [{ search: 'CAFE' }, true],
    [{ search: 'cafe', diacriticSensitive: true }, false],
    [{ search: 'café', diacriticSensitive: true }, true],
    [{ search: 'storage', caseSensitive: true }, false],
    [{ search: 'Storage', caseSensitive: true }, true],
    [{ search: 'restored', language: 'none' }, false],
  ])('%j: %s', (query, expected) => {
    expect(score(query, document) !== undefined).toBe(expected);
  });

  it('in the language that a document names', () => {
    expect(
      score({ search: 'chevaux', language: 'fr' }, { language: 'french', body: 'chevaux' }),
    ).toBeDefined();
    expect(score({ search: 'les', language: 'none' }, { language: 'french', body: 'les' })).toBeUndefined();
  });
});

describe('the index and the operator', () => {
  it('reads compound and wildcard definitions', () => {
    const specification = bson({ key: { a: 1, _fts: 'text', _ftsx: 1 }, weights: { '$**': 1, b: 5 } });
    expect(isTextIndex(specification)).toBe(true);
    expect(textIndexOf(specification)).toMatchObject({
      wildcard: true,
      prefix: ['a'],
      weights: [{ path: 'b', weight: 5 }],
    });
    expect(isTextIndex(bson({ key: { a: 1 } }))).toBe(false);
  });

  it.each([
    [{ $search: 5 }, 14],
    [{}, 4],
    [{ $search: 'x', y: 1 }, 2],
    [{ $search: 'x', $caseSensitive: 1 }, 14],
  ])('refuses %j', (operand, code) => {
    expect(() => parseTextOperator(bson(operand))).toThrow(expect.objectContaining({ code }));
  });

  it('refuses unknown languages', () => {
    expect(() => score({ search: 'x', language: 'klingon' }, {})).toThrow('unsupported language: "klingon"');
  });
});
