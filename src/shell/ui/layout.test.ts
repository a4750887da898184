import { expect, it } from 'vitest';
import { inColumns, layOut, window } from './layout.ts';

it.each([
  ['abc', 3, ['abc'], { x: 5, y: 0 }],
  ['abcdefghij', 10, ['abcdefgh', 'ij'], { x: 2, y: 1 }],
  ['abcdefgh', 8, ['abcdefgh', ''], { x: 0, y: 1 }],
  ['ab\ncd', 3, ['ab', '... cd'], { x: 4, y: 1 }],
  ['abcdefg漢', 8, ['abcdefg', '漢'], { x: 2, y: 1 }],
  ['a\x1bb\tc', 0, ['a?b  c'], { x: 2, y: 0 }],
])('lays out %j in ten columns', (text, cursor, rows, place) => {
  const options = { columns: 10, indent: 2, continuation: '... ' };
  expect(layOut(text, cursor, options)).toEqual({ rows, cursor: place });
});

it.each([
  // Family, skin tone: two cells where they are joined, up to eight where they are not.
  ['👨‍👩‍👧‍👦', 8, 2],
  ['👩🏽‍💻', 6, 2],
])('leaves room for all parts of %s', (emoji, most, joined) => {
  const options = { columns: most, indent: 2, continuation: '' };
  const text = `${emoji}b`;
  expect(layOut(text, 0, options).rows).toEqual(['', emoji, 'b']);
  expect(layOut(text, emoji.length, { ...options, columns: most + 3 })).toEqual({
    rows: [text],
    cursor: { x: 2 + joined, y: 0 },
    before: emoji,
  });
});

it('shows the rows around the cursor', () => {
  const rows = ['a', 'b', 'c', 'd'];
  expect(window({ rows, cursor: { x: 0, y: 3 } }, 2)).toEqual({ rows: ['c', 'd'], cursor: { x: 0, y: 1 } });
  expect(window({ rows, cursor: { x: 0, y: 0 } }, 2)).toEqual({ rows: ['a', 'b'], cursor: { x: 0, y: 0 } });
});

it('puts words into columns', () => {
  expect(inColumns(['a', 'b', 'c', 'd', 'e'], 9, 5)).toEqual(['a  c  e', 'b  d']);
  const many = ['a', 'b', 'c', 'd', 'e'];
  expect(inColumns(many, 30, 1)).toEqual(['a  b  c  d  e']);
  expect(inColumns(many, 3, 3, 0)).toEqual(['a', 'b', '1 t']);
  expect(
    inColumns(
      many.map((word) => word.repeat(20)),
      40,
      3,
      2,
    ),
  ).toEqual(['e'.repeat(20), '5 to 5 of 5, Tab shows more']);
  expect(
    inColumns(
      many.map((word) => word.repeat(20)),
      40,
      3,
      3,
    )[0],
  ).toBe('a'.repeat(20));
  expect(inColumns([], 80, 5)).toEqual([]);
});
