import { parse, type Options } from 'acorn';

/** How the shell's JavaScript is parsed: with `await` and `return` anywhere. */
export const javaScript: Options = {
  ecmaVersion: 'latest',
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: true,
};

/**
 * Whether a text can be run as it is: false if JavaScript needs more lines (an open bracket, template or comment).
 * Text that is wrong in another way, or no JavaScript at all (`show dbs`), is complete.
 */
export function isComplete(text: string): boolean {
  try {
    parse(text, javaScript);
    return true;
  } catch (error) {
    return !(error instanceof SyntaxError && needsMore(error as SyntaxError & { pos: number }, text));
  }
}

/** The parser stopped at the end of the text, or inside something that the end cut off. */
function needsMore(error: SyntaxError & { pos: number }, text: string): boolean {
  return error.pos >= text.trimEnd().length || /^Unterminated (template|comment)/.test(error.message);
}
