import { InvalidPattern } from './regex/reader.ts';
import type { Effort } from './regex/bounded-test.ts';
import { Translator } from './regex/translator.ts';

/** A regular expression, and what tells how long it may take with a text. */
export interface TranslatedRegex {
  readonly regex: RegExp;
  readonly effort: Effort;
}

/**
 * The JavaScript form of a PCRE pattern with MongoDB's options (i, m, s, x; others are ignored, as mongod 3.4 does), or undefined if PCRE
 * would refuse the pattern: mongod 3.4 accepts such a pattern and it matches nothing. Throws CommandError (BadValue) for what PCRE can and this
 * translation cannot: recursion, conditions, callouts, backtracking verbs, branch reset, \C, \X, (?U), and groups inside atomic
 * groups. A reference to a group that took no part matches the empty text, where PCRE fails.
 */
export function translateRegex(pattern: string, options: string): TranslatedRegex | undefined {
  const flags = {
    i: options.includes('i'),
    m: options.includes('m'),
    s: options.includes('s'),
    x: options.includes('x'),
  };
  try {
    const first = new Translator(pattern, false);
    const source = first.translate(flags);
    const { effort } = first;
    const { ignored, kept, inProperty, inReference } = first.caseSeen;
    if (!ignored) return { regex: new RegExp(source, 'u'), effort };
    // A reference cannot be written out letter by letter.
    if (!kept && !(inProperty && !inReference)) return { regex: new RegExp(source, 'iu'), effort };
    return { regex: new RegExp(new Translator(pattern, true).translate(flags), 'u'), effort };
  } catch (error) {
    if (error instanceof InvalidPattern || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
