import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bson } from '../../../test/support/pipelines.ts';
import { murmur3 } from './murmur3.ts';
import { termScores } from './score.ts';
import { termKey } from './term-key.ts';
import { textIndexOf } from './text-index.ts';
import { tokens } from './tokenizer.ts';
import { compileTextSearch } from './text-search.ts';

function indexOf(version: number, weights: Record<string, number>, more: Record<string, unknown> = {}) {
  return textIndexOf(
    bson({
      key: { _fts: 'text', _ftsx: 1 },
      weights,
      default_language: 'english',
      textIndexVersion: version,
      ...more,
    }),
  );
}

function termsOf(version: number, weights: Record<string, number>, document: unknown, more = {}): string[] {
  return [...termScores(bson(document), indexOf(version, weights, more)).keys()].sort();
}

describe('a long term', () => {
  it.each([
    ['', '00000000000000000000000000000000'],
    ['hello', 'cbd8a7b341bd9b025b1e906a48ae1d19'],
    ['The quick brown fox jumps over the lazy dog', 'e34bbc7bbc071b6c7a433ca9c49a9347'],
  ])('MurmurHash3 of %j', (text, words) => {
    // Published as two numbers, stored little-endian.
    const hash = murmur3(Buffer.from(text));
    const [first, second] = [hash.readBigUInt64LE(0), hash.readBigUInt64LE(8)];
    expect([first, second].map((word) => word.toString(16).padStart(16, '0')).join('')).toBe(words);
  });

  it('is cut and hashed from 33 bytes on in version 2, from 225 on in version 3, never in version 1', () => {
    const [short, long] = ['a'.repeat(32), 'a'.repeat(33)];
    expect(termKey(short, 2).toString()).toBe(short);
    expect(termKey(long, 2).toString()).toBe(short + murmur3(Buffer.from(long)).toString('hex'));
    const [most, more] = ['é'.repeat(112), 'é'.repeat(112) + 'x'];
    expect(termKey(most, 3).toString()).toBe(most);
    expect(termKey(more, 3).toString()).toBe(most + createHash('md5').update(more).digest('hex'));
    expect(termKey(more, 1).toString()).toBe(more);
  });

  it('is cut within a character', () => {
    const key = termKey(`a${'é'.repeat(20)}`, 2);
    expect(key).toHaveLength(64);
    expect(key[31]).toBe(0xc3);
    expect(key.toString('latin1', 32)).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('versions', () => {
  it('1 and 2 know the letters and delimiters of ASCII only', () => {
    const text = "Éa–b don't ÇA_x l'eau";
    const of = (version: 1 | 2 | 3, language: string) => [...tokens(text, { language, version }, {})];
    expect(of(2, 'none')).toEqual(['Éa–b', 'don', 't', 'Ça_x', 'l', 'eau']);
    expect(of(3, 'none')).toEqual(['ea', 'b', 'don', 't', 'ca_x', 'l', 'eau']);
    expect(of(2, 'english')).toContain("don't");
  });

  it('1 takes any language: unknown ones are none, short ones have no stop words', () => {
    const document = { body: 'the writers', language: 'klingon' };
    expect(termsOf(1, { body: 1 }, document)).toEqual(['the', 'writers']);
    expect(termsOf(1, { body: 1 }, { ...document, language: 'en' })).toEqual(['the', 'writer']);
    expect(termsOf(1, { body: 1 }, { ...document, language: 'english' })).toEqual(['writer']);
    expect(termsOf(1, { body: 1 }, { ...document, language: '' })).toEqual(['writer']);
    expect(termsOf(2, { body: 1 }, { ...document, language: 'en' })).toEqual(['writer']);
  });

  it('1 reads a document in one language, later ones each subdocument in its own', () => {
    const document = { a: { language: 'none', b: 'writers' } };
    expect(termsOf(1, { 'a.b': 1 }, document)).toEqual(['writer']);
    expect(termsOf(2, { 'a.b': 1 }, document)).toEqual(['writers']);
  });

  it('1 finds the strings of arrays wherever the path meets the first', () => {
    const document = { a: [{ b: 'red' }, 'green', { b: ['blue'] }] };
    expect(termsOf(1, { 'a.b': 1 }, document)).toEqual(['green', 'red']);
    expect(termsOf(3, { 'a.b': 1 }, document)).toEqual(['blue', 'red']);
  });

  it('index all strings by $**, but the language', () => {
    const document = { a: 'red', b: [{ c: 'green' }, ['blue']], language: 'english', n: 1 };
    for (const version of [1, 2, 3])
      expect(termsOf(version, { '$**': 1 }, document)).toEqual(['blue', 'green', 'red']);
  });

  it('read a string up to its first NUL', () => {
    for (const version of [1, 2, 3]) expect(termsOf(version, { a: 1 }, { a: 'red\0green' })).toEqual(['red']);
  });

  it('a field that is one term counts more only if it differs in the case of ASCII', () => {
    const score = (version: number, a: string) =>
      [...termScores(bson({ a }), indexOf(version, { a: 1 })).values()][0];
    expect(score(3, 'RED')).toBe(1.1);
    expect(score(3, 'Σα')).toBe(1);
  });

  it('search phrases as they index', () => {
    const found = (version: number, search: string, body: string) =>
      compileTextSearch(
        { search, language: undefined, caseSensitive: false, diacriticSensitive: false },
        indexOf(version, { body: 1 }),
      ).score(bson({ body })) !== undefined;
    expect([2, 3].map((version) => found(version, '"un cafe"', 'Un CAFE'))).toEqual([true, true]);
    expect([2, 3].map((version) => found(version, 'un "cafe"', 'un café'))).toEqual([false, true]);
  });
});
