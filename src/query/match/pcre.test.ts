import { describe, expect, it } from 'vitest';
import { translateRegex } from './pcre.ts';

function test(pattern: string, options: string, text: string): boolean | undefined {
  return translateRegex(pattern, options)?.regex.test(text);
}

describe('PCRE patterns', () => {
  it.each([
    ['^ab$', '', 'ab\n', true],
    ['^ab$', '', 'ab\n\n', false],
    ['ab\\z', '', 'ab\n', false],
    ['ab\\Z', '', 'ab\n', true],
    ['^b', 'm', 'a\nb', true],
    ['^$', 'm', 'a\n', false],
    ['a.b', '', 'a\rb', true],
    ['a.b', '', 'a\nb', false],
    ['a.b', 's', 'a\nb', true],
    ['a b # c', 'x', 'ab', true],
    ['a b', '', 'a b', true],
    ['^.$', '', '\u{1f600}', true],
    ['É', 'i', 'é', true],
    ['a(?i)b', '', 'aB', true],
    ['a(?i)b', '', 'AB', false],
    ['(?i:a)b', '', 'Ab', true],
    ['(?i:[a-c])b', '', 'Cb', true],
    ['(?i)abc', '', 'ABC', true],
    ['((?i)a|b)c', '', 'Bc', true],
    ['((?i)a|b)c', '', 'BC', false],
    ['^[[:alpha:]]+$', '', 'abZ', true],
    ['^[[:^digit:]-]+$', '', 'a-b', true],
    ['^[]a]+$', '', ']a', true],
    ['^[^]a]+$', '', ']', false],
    ['^[\\w-]+$', '', 'a-b_1', true],
    ['^[a\\-z]+$', '', 'b', false],
    ['\\h', '', 'a\tb', true],
    ['\\s', '', '\u00a0', false],
    ['\\d', '', '\u0663', false],
    ['\\p{Lu}', '', 'É', true],
    ['\\p{Greek}', '', 'α', true],
    ['\\Qa.b\\E+', '', 'a.bb', true],
    ['\\Qa.b\\E', '', 'axb', false],
    ['(a)\\1', '', 'aa', true],
    ['(?<x>a)\\k<x>', '', 'aa', true],
    ['(?P<x>a)(?P=x)', '', 'aa', true],
    ['(a)(?>b+)c\\1', '', 'abbca', true],
    ['(?>b+)b', '', 'bbb', false],
    ['b++b', '', 'bbb', false],
    ['a{2}', '', 'aa', true],
    ['a{,2}', '', 'a{,2}', true],
    ['a{b', '', 'a{b', true],
    ['(?=a)*b', '', 'b', true],
    ['x(?#note)y', '', 'xy', true],
    ['(?<=a)b', '', 'ab', true],
    ['\\x41\\x{1f600}\\101', '', 'A\u{1f600}A', true],
    ['a/b@c-d', '', 'a/b@c-d', true],
    ['\\@\\-\\_\\/', '', '@-_/', true],
    ['}]', '', '}]', true],
    ['\\Qa.b\\E?c', '', 'a.c', true],
    ['\\Q|(?i)\\E', '', '|(?i)', true],
    ['a(?#note)*b', '', 'aab', true],
    ['^\\p{Lu}', 'i', 'éa', false],
    ['^[\\p{Lu}a]b', 'i', 'AB', true],
    ['^\\P{Lu}', 'i', 'A', false],
    ['(\\p{L})\\1', 'i', 'aA', true],
    ['(\\w+) \\1', 'i', 'Foo foo', true],
    ['(\\w+) \\1', '', 'Foo foo', false],
    ['^[[:upper:]]$', 'i', 'a', true],
    ['^[[:^lower:]]$', 'i', 'A', false],
  ])('/%s/%s on %j: %s', (pattern, options, text, expected) => {
    expect(test(pattern, options, text)).toBe(expected);
  });

  it.each([
    '(',
    ')',
    '*',
    'a**',
    '[a',
    '[b-a]',
    '\\2',
    '(?<a',
    '(?Za)',
    '[[:nope:]]',
    'a\\',
    '^*a',
    '\\b+',
    '{2}',
    'a{2}{3}',
    'a{65536}',
    '[a-\\d]',
    '[a-[:alpha:]]',
    '(?<n>a)(?<n>b)',
  ])('takes %s as a pattern that matches nothing', (pattern) => {
    expect(translateRegex(pattern, '')).toBeUndefined();
  });

  it.each(['(?R)', '(?(1)a|b)', 'a(*FAIL)', '\\X', '(?|a|b)', '(?>(a))'])('refuses %s', (pattern) => {
    expect(() => translateRegex(pattern, '')).toThrow(/not supported/);
  });
});
