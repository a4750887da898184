import type { Key } from 'ink';
import type { EditorAction } from './editor.ts';

/** What an ordinary key does to the text, as in readline; undefined for keys without a meaning. */
export function keyAction(input: string, key: Key): EditorAction | undefined {
  if (key.leftArrow) return { kind: key.ctrl || key.meta ? 'wordLeft' : 'left' };
  if (key.rightArrow) return { kind: key.ctrl || key.meta ? 'wordRight' : 'right' };
  // Terminals send DEL for Backspace, and Ink calls that `delete`.
  if (key.backspace || key.delete) return { kind: key.meta ? 'killWord' : 'backspace' };
  if (key.ctrl) return controlKeys[input];
  if (key.meta) return metaKeys[input];
  if (key.escape || input === '') return undefined;
  return { kind: 'insert', text: input.replaceAll('\r\n', '\n').replaceAll('\r', '\n') };
}

const controlKeys: Record<string, EditorAction> = {
  a: { kind: 'home' },
  b: { kind: 'left' },
  d: { kind: 'delete' },
  e: { kind: 'end' },
  f: { kind: 'right' },
  h: { kind: 'backspace' },
  k: { kind: 'killToEnd' },
  u: { kind: 'killToStart' },
  w: { kind: 'killWord' },
};

const metaKeys: Record<string, EditorAction> = {
  b: { kind: 'wordLeft' },
  f: { kind: 'wordRight' },
};
