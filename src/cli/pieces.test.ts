import { expect, it } from 'vitest';
import { piecesOf } from './pieces.ts';

it.each([
  ['lines', 'a line of it\n'.repeat(10_000)],
  ['one long line', 'x'.repeat(100_000)],
  ['characters of two units', `x${'😀'.repeat(50_000)}`],
  ['colours', `x${'\x1b[32mgreen\x1b[39m, '.repeat(5000)}`],
  ['next to nothing', 'x'],
])('%s: the pieces are the text, and each can be the last', (_name, text) => {
  const pieces = [...piecesOf(text)];
  expect(Buffer.concat(pieces.map((piece) => Buffer.from(piece))).equals(Buffer.from(text))).toBe(true);
  expect(pieces.length).toBeGreaterThan(text.length / 40_000);
  for (const piece of pieces.slice(0, -1)) {
    expect(piece).not.toMatch(/\x1b[^m]*$/);
    if (text.includes('\n')) expect(piece.endsWith('\n')).toBe(true);
  }
});

it('of no text there are none', () => expect([...piecesOf('')]).toEqual([]));
