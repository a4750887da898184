import { expect, it } from 'vitest';
import { KeyDecoder } from './keys.ts';

it.each([
  ['a', [{ kind: 'text', text: 'a' }]],
  ['é😀', [{ kind: 'text', text: 'é😀' }]],
  ['a\rb', [{ kind: 'text', text: 'a' }, { kind: 'enter' }, { kind: 'text', text: 'b' }]],
  ['\r\n', [{ kind: 'enter' }]],
  ['\x03', [{ kind: 'interrupt' }]],
  ['\x1b[A\x1bOA', [{ kind: 'up' }, { kind: 'up' }]],
  ['\x1b[1;5D\x1bb', [{ kind: 'wordLeft' }, { kind: 'wordLeft' }]],
  ['\x1b[3~', [{ kind: 'delete' }]],
  ['\x1b\r', [{ kind: 'newLine' }]],
  ['\x1b[200~a\r\nb\x03\x1b[201~', [{ kind: 'paste', text: 'a\nb' }]],
  ['\x1b[15~\x00', []],
])('%j is %j', (sent, keys) => {
  expect(new KeyDecoder().push(sent)).toEqual(keys);
});

it('puts together what comes in pieces', () => {
  for (const sent of ['\x1b[1;5D', '\x1b[200~a\nb\x1b[201~', '\x1bOA']) {
    const decoder = new KeyDecoder();
    expect(Array.from(sent).flatMap((char) => decoder.push(char))).toEqual(new KeyDecoder().push(sent));
  }
});

it('takes a lone ESC for the Escape key once nothing follows', () => {
  const decoder = new KeyDecoder();
  expect(decoder.push('\x1b')).toEqual([]);
  expect(decoder.ambiguous).toBe(true);
  expect(decoder.flush()).toEqual([{ kind: 'escape' }]);
  expect(decoder.flush()).toEqual([]);
});
