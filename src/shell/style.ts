/** The few styles that the shell's text uses, as SGR parameters. */
const codes = { bold: '1', dim: '2', heading: '1;33', error: '1;31', place: '32', link: '1;32' } as const;

/** Everything off the screen, the cursor to the upper left. */
export const clearScreen = '\x1b[H\x1b[2J';

/**
 * Erases the cursor's row and all below it; the cursor is then at the row's beginning. In two steps, since tmux keeps a copy of what is
 * erased from the screen's first cell on.
 */
export const eraseBelow = '\r\x1b[C\x1b[J\r\x1b[K';

/** `text` in a style, or as it is where there are no colours. */
export function styled(text: string, style: keyof typeof codes, colors: boolean): string {
  return colors ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
}
