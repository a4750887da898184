import { stripVTControlCharacters } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';

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
    if (line !== '' && columnsOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/**
 * As string-width counts, but for joined characters. That takes 12 ms to load its tables of these, at each start of every
 * command, for errors that are rarely there.
 */
function columnsOf(text: string): number {
  let columns = 0;
  for (const char of stripVTControlCharacters(text)) columns += eastAsianWidth(char.codePointAt(0) ?? 0);
  return columns;
}
