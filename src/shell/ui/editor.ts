/** A text being typed, and where the cursor is in it (UTF-16 offset, always at the edge of a grapheme). */
export interface EditorState {
  text: string;
  cursor: number;
}

export const emptyEditor: EditorState = { text: '', cursor: 0 };

export type EditorAction =
  | { kind: 'insert'; text: string }
  | { kind: 'left' | 'right' | 'wordLeft' | 'wordRight' | 'home' | 'end' }
  | { kind: 'backspace' | 'delete' | 'killWord' | 'killNextWord' | 'killToStart' | 'killToEnd' }
  | { kind: 'lineUp' | 'lineDown' }
  | { kind: 'replace'; text: string };

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The state after a key: pure, so that every key can be tested without a terminal. */
export function edit(state: EditorState, action: EditorAction): EditorState {
  const { text, cursor } = state;
  switch (action.kind) {
    case 'insert':
      return {
        text: text.slice(0, cursor) + action.text + text.slice(cursor),
        cursor: cursor + action.text.length,
      };
    case 'replace':
      return { text: action.text, cursor: action.text.length };
    case 'left':
      return { text, cursor: before(text, cursor) };
    case 'right':
      return { text, cursor: after(text, cursor) };
    case 'wordLeft':
      return { text, cursor: wordBefore(text, cursor) };
    case 'wordRight':
      return { text, cursor: wordAfter(text, cursor) };
    case 'home':
      return { text, cursor: lineStart(text, cursor) };
    case 'end':
      return { text, cursor: lineEnd(text, cursor) };
    case 'backspace':
      return cut(text, before(text, cursor), cursor);
    case 'delete':
      return cut(text, cursor, after(text, cursor));
    case 'killWord':
      return cut(text, wordBefore(text, cursor), cursor);
    case 'killNextWord':
      return cut(text, cursor, wordAfter(text, cursor));
    case 'lineUp':
      return { text, cursor: lineAbove(text, cursor) };
    case 'lineDown':
      return { text, cursor: lineBelow(text, cursor) };
    case 'killToStart':
      return cut(text, lineStart(text, cursor), cursor);
    case 'killToEnd':
      return cut(text, cursor, lineEnd(text, cursor));
  }
}

/** Whether the cursor is in the first line. */
export function onFirstLine({ text, cursor }: EditorState): boolean {
  return lineStart(text, cursor) === 0;
}

/** Whether the cursor is in the last line. */
export function onLastLine({ text, cursor }: EditorState): boolean {
  return lineEnd(text, cursor) === text.length;
}

function cut(text: string, from: number, to: number): EditorState {
  return { text: text.slice(0, from) + text.slice(to), cursor: from };
}

function before(text: string, cursor: number): number {
  let last = 0;
  for (const { index } of graphemes.segment(text.slice(0, cursor))) last = index;
  return last;
}

function after(text: string, cursor: number): number {
  const [next] = graphemes.segment(text.slice(cursor));
  return cursor + (next?.segment.length ?? 0);
}

function wordBefore(text: string, cursor: number): number {
  return /[\p{L}\p{N}_$]*[^\p{L}\p{N}_$]*$/u.exec(text.slice(0, cursor))?.index ?? 0;
}

function wordAfter(text: string, cursor: number): number {
  const match = /^[^\p{L}\p{N}_$]*[\p{L}\p{N}_$]*/u.exec(text.slice(cursor));
  return cursor + (match?.[0].length ?? 0);
}

function lineStart(text: string, cursor: number): number {
  return cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1;
}

function lineEnd(text: string, cursor: number): number {
  const end = text.indexOf('\n', cursor);
  return end < 0 ? text.length : end;
}

/** The same column in the line above, or its end if that is shorter. */
function lineAbove(text: string, cursor: number): number {
  const start = lineStart(text, cursor);
  if (start === 0) return 0;
  return inLine(text, lineStart(text, start - 1), cursor - start);
}

function lineBelow(text: string, cursor: number): number {
  const end = lineEnd(text, cursor);
  if (end === text.length) return end;
  return inLine(text, end + 1, cursor - lineStart(text, cursor));
}

/** `column` in the line that begins at `start`, moved back to the edge of a grapheme. */
function inLine(text: string, start: number, column: number): number {
  const wanted = Math.min(start + column, lineEnd(text, start));
  return after(text, before(text, wanted)) === wanted ? wanted : before(text, wanted);
}
