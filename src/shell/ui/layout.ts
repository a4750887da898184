import stringWidth from 'string-width';

/** Text as the rows of a terminal, and where in them the cursor is (column and row from 0). */
export interface Layout {
  rows: string[];
  cursor: { x: number; y: number };
  /**
   * What stands before the cursor in its row, if terminals disagree on how wide that is: then the cursor is right only where the
   * terminal itself arrives by writing it.
   */
  before?: string | undefined;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Breaks `text` into rows of `columns` cells. `indent` cells of the first row are taken by the label; every further line begins with
 * `continuation`, rows that only go on do not. Wide characters never straddle the edge. Of an emoji that is joined from several, or has a
 * skin tone, some terminals show one sign and others all parts: there is room for either.
 */
export function layOut(
  text: string,
  cursor: number,
  options: { columns: number; indent: number; continuation: string },
): Layout {
  const { columns, indent, continuation } = options;
  const rows: string[] = [];
  let row = '';
  let width = indent;
  let most = indent;
  let place: Pick<Layout, 'cursor' | 'before'> = { cursor: { x: indent, y: 0 } };
  let offset = 0;
  const begin = (start: string): void => {
    row = start;
    width = most = stringWidth(start);
  };
  const endRow = (next = ''): void => {
    rows.push(row);
    begin(next);
  };
  const here = (): typeof place => ({
    cursor: { x: width, y: rows.length },
    before: most > width ? row : undefined,
  });
  for (const { segment } of graphemes.segment(text)) {
    const shown = visible(segment);
    const widest = mostCells(shown);
    if (segment !== '\n' && most + widest > columns) endRow();
    if (offset === cursor) place = here();
    offset += segment.length;
    if (segment === '\n') endRow(continuation);
    else {
      row += shown;
      width += stringWidth(shown);
      most += widest;
    }
  }
  if (cursor >= text.length) {
    if (most >= columns) endRow();
    place = here();
  }
  rows.push(row);
  return { rows, ...place };
}

/** The cells that a grapheme takes where its parts are shown one after the other. */
function mostCells(grapheme: string): number {
  const joined = stringWidth(grapheme);
  if (grapheme.length <= 2) return joined;
  return Math.max(
    joined,
    Array.from(grapheme).reduce((sum, part) => sum + stringWidth(part), 0),
  );
}

/** How a grapheme is shown: control characters must not reach the terminal. */
function visible(segment: string): string {
  if (segment === '\t') return '  ';

  return /^[\x00-\x1f\x7f-\x9f]/.test(segment) ? '?' : segment;
}

/** At most `height` of the rows, around the cursor. */
export function window(layout: Layout, height: number): Layout {
  const { rows, cursor } = layout;
  if (rows.length <= height) return layout;
  const first = Math.min(Math.max(0, cursor.y - height + 1), rows.length - height);
  return {
    ...layout,
    rows: rows.slice(first, first + height),
    cursor: { x: cursor.x, y: cursor.y - first },
  };
}

/**
 * Words in columns, read downwards, in at most `height` rows of `columns` cells. Where they are more than that, the last row says which of
 * them are shown; `page` counts the parts from 0, and begins again after the last.
 */
export function inColumns(words: readonly string[], columns: number, height: number, page = 0): string[] {
  const cell = Math.min(columns, Math.max(0, ...words.map((word) => stringWidth(word))) + 2);
  const across = Math.max(1, Math.floor(columns / cell));
  const all = Math.ceil(words.length / across);
  if (all <= height) return columnsOf(words, cell, all);
  const most = Math.max(1, height - 1) * across;
  const from = (page % Math.ceil(words.length / most)) * most;
  const shown = words.slice(from, from + most);
  const where = `${from + 1} to ${from + shown.length} of ${words.length}, Tab shows more`;
  return [...columnsOf(shown, cell, Math.ceil(shown.length / across)), where.slice(0, columns)];
}

function columnsOf(words: readonly string[], cell: number, rows: number): string[] {
  return Array.from({ length: rows }, (_, row) =>
    words
      .filter((_word, index) => index % rows === row)
      .map((word) => word + ' '.repeat(Math.max(0, cell - stringWidth(word))))
      .join('')
      .trimEnd(),
  );
}
