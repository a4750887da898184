import { foldAscii, foldCase, isDelimiter, stripDiacritics } from './characters.ts';
import type { TextIndexVersion } from './language.ts';
import { stemmerOf } from './stemmer.ts';
import { stopWordsOf } from './stop-words.ts';

/** A language as a version of text indexes reads it. */
export interface Reading {
  language: string;
  version: TextIndexVersion;
}

export interface TokenOptions {
  /** Leave stop words out. */
  dropStopWords?: boolean;
  caseSensitive?: boolean;
  diacriticSensitive?: boolean;
}

/**
 * The terms of a text as a text index makes them: words, folded to lower case, stemmed. Version 3 knows Unicode's delimiters and
 * letters, and takes diacritics away; versions 1 and 2 know ASCII's and leave them.
 */
export function* tokens(
  text: string,
  { language, version }: Reading,
  options: TokenOptions,
): Generator<string> {
  const stopWords = stopWordsOf(language);
  const stem = stemmerOf(language);
  const unicode = version === 3;
  for (const word of unicode ? words(text, language) : asciiWords(text, language)) {
    const lower = unicode ? foldCase(word, language) : foldAscii(word);
    if (options.dropStopWords === true && stopWords.has(lower)) continue;
    // Stemmers know diacritics, so these go last.
    const stemmed = stem(options.caseSensitive === true ? word : lower);
    yield options.diacriticSensitive === true || !unicode ? stemmed : stripDiacritics(stemmed);
  }
}

function* words(text: string, language: string): Generator<string> {
  let start = -1;
  let at = 0;
  for (const character of text) {
    if (isDelimiter(character, language)) {
      if (start >= 0) yield text.slice(start, at);
      start = -1;
    } else if (start < 0) start = at;
    at += character.length;
  }
  if (start >= 0) yield text.slice(start);
}

/** The words of versions 1 and 2: ASCII white space and punctuation separate them, but for `_` and, in English, the apostrophe. */
function* asciiWords(text: string, language: string): Generator<string> {
  const word = /[^ \t\n\v\f\r!"#$%&()*+,\-./:;<=>?@[\\\]^`{|}~]+/g;
  for (const [found] of text.matchAll(word)) {
    if (language === 'english') yield found;
    else for (const part of found.split("'")) if (part !== '') yield part;
  }
}
