import stringWidth from 'string-width';

/**
 * Rows as text in aligned columns, two spaces apart, without a trailing newline; wide characters count as the terminal
 * counts them. `head` is underlined by the caller's colours, so it is an ordinary first row here.
 */
export function renderTable(rows: string[][], align: ('left' | 'right')[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell))));
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, align[column] ?? 'left'))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(width - stringWidth(cell));
  return align === 'left' ? cell + space : space + cell;
}
