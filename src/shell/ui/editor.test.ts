import { expect, it } from 'vitest';
import { edit, type EditorAction } from './editor.ts';

/** A text with `|` where the cursor is. */
function at(marked: string): { text: string; cursor: number } {
  return { text: marked.replace('|', ''), cursor: marked.indexOf('|') };
}

it.each<[EditorAction['kind'], string, string]>([
  ['left', 'a😀|b', 'a|😀b'],
  ['left', '|a', '|a'],
  ['right', 'a|e\u0301b', 'ae\u0301|b'],
  ['wordLeft', 'db.users.find|', 'db.users.|find'],
  ['wordLeft', 'naïve été  |', 'naïve |été  '],
  ['wordRight', '|db.users', 'db|.users'],
  ['home', 'ab\ncd|e', 'ab\n|cde'],
  ['end', 'a|b\ncd', 'ab|\ncd'],
  ['backspace', 'a👨‍👩‍👧|b', 'a|b'],
  ['backspace', 'ab\n|cd', 'ab|cd'],
  ['delete', 'a|bc', 'a|c'],
  ['delete', 'a|', 'a|'],
  ['killWord', 'db.users |x', 'db.|x'],
  ['killNextWord', 'a| bc d', 'a| d'],
  ['killToStart', 'ab\ncd|e', 'ab\n|e'],
  ['killToEnd', 'a|b\ncd', 'a|\ncd'],
  ['lineUp', 'a\nbcd|', 'a|\nbcd'],
  ['lineDown', 'ab|c\ndefg', 'abc\nde|fg'],
])('%s: %j becomes %j', (kind, before, after) => {
  expect(edit(at(before), { kind } as EditorAction)).toEqual(at(after));
});
