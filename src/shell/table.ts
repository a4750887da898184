import stringWidth from 'string-width';

/**
 * Rows as text in aligned columns, two spaces apart, without a trailing newline; wide characters count as the terminal
 * counts them. `head` is underlined by the caller's colours, so it is an ordinary first row here. On a terminal of `columns`, the last
 * cells are left out that do not fit.
 */
export function renderTable(rows: string[][], align: ('left' | 'right')[], columns = Infinity): string {
  const widths = widthsOf(rows);
  const shown = widths.filter((_, column) => tableWidth(widths.slice(0, column + 1)) <= columns).length;
  return rows
    .map((row) =>
      row
        .slice(0, Math.max(1, shown))
        .map((cell, column) => pad(cell, widths[column] ?? 0, align[column] ?? 'left'))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The cells that the table takes at its widest. */
export function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 2, -2);
}

export function widthsOf(rows: readonly string[][]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell))));
  }
  return widths;
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(width - stringWidth(cell));
  return align === 'left' ? cell + space : space + cell;
}
