import stringWidth from 'string-width';

/** Text as the rows of a terminal, and where in them the cursor is (column and row from 0). */
export interface Layout {
  rows: string[];
  cursor: { x: number; y: number };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Breaks `text` into rows of `columns` cells. `indent` cells of the first row are taken by the label; every further line begins with
 * `continuation`, rows that only go on do not. Wide characters never straddle the edge.
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
  let place = { x: indent, y: 0 };
  let offset = 0;
  const endRow = (): void => {
    rows.push(row);
    row = '';
    width = 0;
  };
  for (const { segment } of graphemes.segment(text)) {
    const shown = visible(segment);
    const cells = stringWidth(shown);
    if (segment !== '\n' && width + cells > columns) endRow();
    if (offset === cursor) place = { x: width, y: rows.length };
    offset += segment.length;
    if (segment === '\n') {
      endRow();
      row = continuation;
      width = stringWidth(continuation);
    } else {
      row += shown;
      width += cells;
    }
  }
  if (cursor >= text.length) {
    if (width >= columns) endRow();
    place = { x: width, y: rows.length };
  }
  rows.push(row);
  return { rows, cursor: place };
}

/** How a grapheme is shown: control characters must not reach the terminal. */
function visible(segment: string): string {
  if (segment === '\t') return '  ';

  return /^[\x00-\x1f\x7f-\x9f]/.test(segment) ? '?' : segment;
}

/** At most `height` of the rows, around the cursor. */
export function window({ rows, cursor }: Layout, height: number): Layout {
  if (rows.length <= height) return { rows, cursor };
  const first = Math.min(Math.max(0, cursor.y - height + 1), rows.length - height);
  return { rows: rows.slice(first, first + height), cursor: { x: cursor.x, y: cursor.y - first } };
}

/** Words in columns, read downwards, in at most `height` rows of `columns` cells; says how many are left out. */
export function inColumns(words: readonly string[], columns: number, height: number): string[] {
  const cell = Math.min(columns, Math.max(0, ...words.map((word) => stringWidth(word))) + 2);
  const across = Math.max(1, Math.floor(columns / cell));
  const all = Math.ceil(words.length / across);
  const rows = all <= height ? all : Math.max(1, height - 1);
  const shown = words.slice(0, rows * across);
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: across }, (_, column) => shown[column * rows + row] ?? '')
      .map((word) => word + ' '.repeat(Math.max(0, cell - stringWidth(word))))
      .join('')
      .trimEnd(),
  );
  const left = words.length - shown.length;
  return left > 0 ? [...lines, `... ${left} more`] : lines;
}
