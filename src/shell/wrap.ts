import stringWidth from 'string-width';

/** `text` with its lines broken between words, where they are longer than a terminal of `columns`. */
export function fit(text: string, columns = Infinity): string {
  return text
    .split('\n')
    .flatMap((line) => wrapWords(line, columns))
    .join('\n');
}

/** `text` in lines of at most `width` columns, broken between words; a word that is longer has a line of its own. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
