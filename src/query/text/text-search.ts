import type { Value } from '../../bson/value.ts';
import { foldCase, stripDiacritics } from './characters.ts';
import { queryLanguage } from './language.ts';
import { termScores } from './score.ts';
import { parseSearchString, type SearchString } from './search-string.ts';
import { indexedTexts, type IndexedText, type TextIndex } from './text-index.ts';
import { tokens, type TokenOptions } from './tokenizer.ts';

/** What `$text` asks for. */
export interface TextQuery {
  search: string;
  /** As given; undefined takes the index's default language. */
  language: string | undefined;
  caseSensitive: boolean;
  diacriticSensitive: boolean;
}

/** A text query made ready for one index. */
export interface TextSearch {
  /** The terms of which a document must hold at least one, as the index's keys hold them. Empty finds nothing. */
  readonly terms: ReadonlySet<string>;
  /** The score of a document, or undefined if it does not match. */
  readonly score: (document: Value) => number | undefined;
}

/** Throws CommandError for an unknown language. */
export function compileTextSearch(query: TextQuery, index: TextIndex): TextSearch {
  const language = query.language === undefined ? index.defaultLanguage : queryLanguage(query.language);
  const parsed = parseSearchString(query.search);
  const exact: TokenOptions = {
    caseSensitive: query.caseSensitive,
    diacriticSensitive: query.diacriticSensitive,
  };
  const sensitive = query.caseSensitive || query.diacriticSensitive;
  const terms = new Set(tokens(parsed.wanted, language, { dropStopWords: true }));
  const wanted = sensitive
    ? new Set(tokens(parsed.wanted, language, { ...exact, dropStopWords: true }))
    : terms;
  const unwanted = new Set(tokens(parsed.unwanted, language, { ...exact, dropStopWords: true }));

  return {
    terms,
    score(document) {
      const scores = termScores(document, index);
      let score = 0;
      let found = false;
      for (const term of terms) {
        const part = scores.get(term);
        if (part === undefined) continue;
        found = true;
        score += part;
      }
      if (!found) return undefined;
      const texts = [...indexedTexts(document, index)];
      if (sensitive && !hasAny(texts, wanted, exact)) return undefined;
      if (unwanted.size > 0 && hasAny(texts, unwanted, exact)) return undefined;
      return phrasesHold(texts, parsed, query) ? score : undefined;
    },
  };
}

function hasAny(texts: IndexedText[], terms: ReadonlySet<string>, options: TokenOptions): boolean {
  return texts.some(({ text, language }) => {
    for (const token of tokens(text, language, options)) if (terms.has(token)) return true;
    return false;
  });
}

/** A phrase is found as a piece of a field's text, not of its words: "a-b" is not "a b". */
function phrasesHold(texts: IndexedText[], parsed: SearchString, query: TextQuery): boolean {
  const holds = (phrase: string) =>
    texts.some(({ text, language }) => plain(text, language, query).includes(plain(phrase, language, query)));
  return parsed.phrases.every(holds) && !parsed.unwantedPhrases.some(holds);
}

function plain(text: string, language: string, query: TextQuery): string {
  const folded = query.caseSensitive && language !== 'turkish' ? text : foldCase(text, language);
  return query.diacriticSensitive ? folded : stripDiacritics(folded);
}
