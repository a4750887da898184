import { foldCase, isDelimiter, stripDiacritics } from './characters.ts';
import { stemmerOf } from './stemmer.ts';
import { stopWordsOf } from './stop-words.ts';

export interface TokenOptions {
  /** Leave stop words out. */
  dropStopWords?: boolean;
  caseSensitive?: boolean;
  diacriticSensitive?: boolean;
}

/** The terms of a text as text index version 3 makes them: words, folded to lower case, stemmed, without diacritics. */
export function* tokens(text: string, language: string, options: TokenOptions): Generator<string> {
  const stopWords = stopWordsOf(language);
  const stem = stemmerOf(language);
  for (const word of words(text, language)) {
    const lower = foldCase(word, language);
    if (options.dropStopWords === true && stopWords.has(lower)) continue;
    // Stemmers know diacritics, so these go last.
    const stemmed = stem(options.caseSensitive === true ? word : lower);
    yield options.diacriticSensitive === true ? stemmed : stripDiacritics(stemmed);
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
