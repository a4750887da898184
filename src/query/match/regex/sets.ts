/**
 * Sets of characters as PCRE 8 has them in UTF-8 mode without UCP, written as the inside of a JavaScript class:
 * \w, \d and \s and the POSIX classes are ASCII only.
 */

const space = '\\t-\\r\\x20';
const horizontal = '\\t\\x20\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000';
const vertical = '\\n-\\r\\x85\\u2028\\u2029';

/** The inside of a class for an escape such as \h, or undefined if the letter is none. */
export const escapeSets: Readonly<Record<string, string>> = {
  d: '\\d',
  D: '\\D',
  w: '\\w',
  W: '\\W',
  s: space,
  S: '\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}',
  h: horizontal,
  H: '\\0-\\x08\\n-\\x1f!-\\x9f\\xa1-\\u167f\\u1681-\\u180d\\u180f-\\u1fff\\u200b-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\u{10ffff}',
  v: vertical,
  V: '\\0-\\t\\x0e-\\x84\\x86-\\u2027\\u202a-\\u{10ffff}',
};

/** POSIX classes, [:name:]: the set and its complement. */
export const posixSets: Readonly<Record<string, readonly [string, string]>> = {
  alnum: ['a-zA-Z0-9', '\\0-\\/:-@\\[-`\\{-\\u{10ffff}'],
  alpha: ['a-zA-Z', '\\0-@\\[-`\\{-\\u{10ffff}'],
  ascii: ['\\0-\\x7f', '\\x80-\\u{10ffff}'],
  blank: ['\\t\\x20', '\\0-\\x08\\n-\\x1f!-\\u{10ffff}'],
  cntrl: ['\\0-\\x1f\\x7f', '\\x20-~\\x80-\\u{10ffff}'],
  digit: ['0-9', '\\D'],
  graph: ['!-~', '\\0-\\x20\\x7f-\\u{10ffff}'],
  lower: ['a-z', '\\0-`\\{-\\u{10ffff}'],
  print: ['\\x20-~', '\\0-\\x1f\\x7f-\\u{10ffff}'],
  punct: ['!-\\/:-@\\[-`\\{-~', '\\0-\\x200-9A-Za-z\\x7f-\\u{10ffff}'],
  space: [space, '\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}'],
  upper: ['A-Z', '\\0-@\\[-\\u{10ffff}'],
  word: ['\\w', '\\W'],
  xdigit: ['0-9A-Fa-f', '\\0-\\/:-@G-`g-\\u{10ffff}'],
};

/** The property of \p{name} or \p{^name} as JavaScript writes it; `negated` for \P. */
export function propertySet(name: string, negated: boolean): string {
  const inverse = name.startsWith('^') !== negated;
  const plain = name.replace(/^\^/, '');
  const letter = inverse ? 'P' : 'p';
  if (plain === 'Any') return inverse ? '' : '\\0-\\u{10ffff}';
  if (plain === 'L&') return inverse ? '\\P{LC}' : '\\p{LC}';
  return /^[A-Z][a-z]?$/.test(plain) ? `\\${letter}{${plain}}` : `\\${letter}{Script=${plain}}`;
}
