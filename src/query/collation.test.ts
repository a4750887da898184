import { describe, expect, it } from 'vitest';
import { fromEjson } from '../bson/ejson.ts';
import { parseCollation, sameCollation } from './collation.ts';
import { chooseLocale } from './collation/locales.ts';

function collator(spec: string) {
  return parseCollation(fromEjson(spec))!;
}

function sorted(spec: string, texts: string[]): string {
  return [...texts].sort((a, b) => collator(spec).compare(a, b)).join(' ');
}

describe('collations', () => {
  it.each([
    ['{"locale":"en","strength":1}', 'cote', 'CÔTÉ', true],
    ['{"locale":"en","strength":1,"caseLevel":true}', 'cote', 'côté', true],
    ['{"locale":"en","strength":1,"caseLevel":true}', 'cote', 'Cote', false],
    ['{"locale":"en","strength":2}', 'cote', 'COTE', true],
    ['{"locale":"en","strength":2}', 'cote', 'coté', false],
    ['{"locale":"en","strength":2,"caseLevel":true}', 'cote', 'COTE', false],
    ['{"locale":"en"}', 'cote', 'COTE', false],
    ['{"locale":"en","alternate":"shifted"}', 'a-b', 'ab', true],
    ['{"locale":"en","alternate":"shifted","maxVariable":"space"}', 'a b', 'ab', true],
    ['{"locale":"en","alternate":"shifted","maxVariable":"space"}', 'a-b', 'ab', false],
    ['{"locale":"en","alternate":"shifted","strength":4}', 'a-b', 'ab', false],
    ['{"locale":"en","strength":5}', 'a\\u0000', 'a', false],
    ['{"locale":"en","numericOrdering":true}', 'a01', 'a1', true],
  ])('%s: %s and %s equal: %s', (spec, a, b, equal) => {
    const right = a.replace('\\u0000', '\0');
    expect(collator(spec).compare(right, b) === 0).toBe(equal);
    expect(collator(spec).key(right) === collator(spec).key(right)).toBe(true);
  });

  it('takes the root for no language, whatever that of its surroundings is', () => {
    expect(chooseLocale('root')).toEqual({ tag: 'en' });
  });

  it('orders by locale and options', () => {
    expect(sorted('{"locale":"sv"}', ['ö', 'z', 'o'])).toBe('o z ö');
    expect(sorted('{"locale":"de"}', ['ö', 'z', 'o'])).toBe('o ö z');
    expect(sorted('{"locale":"en","numericOrdering":true}', ['a10', 'a9'])).toBe('a9 a10');
    expect(sorted('{"locale":"en","caseFirst":"upper"}', ['a', 'A'])).toBe('A a');
    const french = ['côté', 'coté', 'côte', 'cote'];
    expect(sorted('{"locale":"fr"}', french)).toBe('cote coté côte côté');
    expect(sorted('{"locale":"fr_CA"}', french)).toBe('cote côte coté côté');
    expect(sorted('{"locale":"fr","backwards":true}', french)).toBe('cote côte coté côté');
    expect(sorted('{"locale":"fr_CA","backwards":false}', french)).toBe('cote coté côte côté');
  });

  it('gives equal texts one key, however many there are', () => {
    const made = collator('{"locale":"en","strength":1}');
    const texts = Array.from({ length: 3000 }, (_, i) => `Word${(i * 7919) % 1500}`);
    const keys = new Map(texts.map((text) => [text, made.key(text)]));
    for (const text of texts) expect(made.key(text.toUpperCase())).toBe(keys.get(text));
    expect(new Set(keys.values()).size).toBe(1500);
  });

  it('takes the simple collation as none', () => {
    expect(parseCollation(fromEjson('{}'))).toBeUndefined();
    expect(parseCollation(fromEjson('{"locale":"simple"}'))).toBeUndefined();
  });

  it('compares collations by all options', () => {
    expect(sameCollation(collator('{"locale":"en"}'), collator('{"locale":"en","strength":3}'))).toBe(true);
    expect(sameCollation(collator('{"locale":"en"}'), collator('{"locale":"en","strength":2}'))).toBe(false);
    expect(sameCollation(collator('{"locale":"en"}'), undefined)).toBe(false);
  });

  it.each([
    ['{"strength":1}', 4, /Missing expected field "locale"/],
    ['{"locale":5}', 14, /wrong type/],
    ['{"locale":"en_GB"}', 2, /Did you mean 'en'\?/],
    ['{"locale":"en-US"}', 2, /Did you mean 'en_US'\?/],
    ['{"locale":"simple","strength":1}', 9, /no other fields/],
    ['{"locale":"en","strength":6}', 9, /1 through 5. Got: 6/],
    ['{"locale":"en","caseFirst":"x"}', 9, /must be 'upper', 'lower', or 'off'. Got: x/],
    ['{"locale":"en","alternate":"x"}', 9, /must be 'non-ignorable' or 'shifted'. Got: x/],
    ['{"locale":"en","nope":1}', 9, /unknown field/],
    ['{"locale":"en","caseLevel":1}', 14, /Expected bool, found int/],
    ['{"locale":"fr","backwards":true,"strength":1}', 2, /'backwards' is invalid/],
    ['{"locale":"en","caseFirst":"upper","strength":2}', 2, /'caseFirst' is invalid/],
  ])('refuses %s', (spec, code, message) => {
    expect(() => collator(spec)).toThrow(message);
    expect(() => collator(spec)).toThrow(expect.objectContaining({ code }));
  });
});
