import { expect, it } from 'vitest';
import { translateRegex } from '../pcre.ts';
import { boundedTest } from './bounded-test.ts';

function tester(pattern: string): (text: string) => boolean {
  const translated = translateRegex(pattern, '');
  return boundedTest(translated?.regex ?? /^\b$/, translated?.effort ?? { loops: 0, nested: false }, 300);
}

it.each([
  ['^(\\w+\\s?)*$', 'The quick brown fox jumps over the lazy dog'],
  ['^(a|aa)+$', 'a'.repeat(60)],
  ['x.*y', `x${'-'.repeat(200_000)}y`],
])('a text that %s matches does, however long it is', (pattern, text) => {
  expect(tester(pattern)(text)).toBe(true);
});

it.each([
  ['^(\\w+\\s?)*$', 'The quick brown fox jumps over the lazy dog!'],
  ['^(a|aa)+$', `${'a'.repeat(60)}!`],
  ['a.*b.*c.*d', 'abc'.repeat(20_000)],
])('a text with which %s would never end does not match', (pattern, text) => {
  const begin = performance.now();
  expect(tester(pattern)(text)).toBe(false);
  expect(performance.now() - begin).toBeLessThan(20_000);
});

it.each([
  ['^abc', { loops: 0, nested: false }],
  ['a.*b', { loops: 1, nested: false }],
  ['(jpg|png)$', { loops: 0, nested: false }],
  ['a+b*c{2,}d{3}e?f{10}', { loops: 4, nested: false }],
  ['(a+b)*', { loops: 2, nested: true }],
  ['(a|b)+', { loops: 1, nested: true }],
  ['a|b+', { loops: 1, nested: false }],
])('the effort of %s', (pattern, effort) => {
  expect(translateRegex(pattern, '')?.effort).toEqual(effort);
});
