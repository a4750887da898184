import type { Value } from '../../bson/value.ts';
import { foldAscii, foldCase, stripDiacritics } from './characters.ts';
import { queryLanguage, type TextIndexVersion } from './language.ts';
import { termScores } from './score.ts';
import { parseSearchString, type SearchString } from './search-string.ts';
import { matchedTexts, type IndexedText } from './indexed-texts.ts';
import type { TextIndex } from './text-index.ts';
import { tokens, type Reading, type TokenOptions } from './tokenizer.ts';

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
  /** The words that a document must not hold, as the matcher compares them. */
  readonly negatedTerms: ReadonlySet<string>;
  readonly phrases: readonly string[];
  readonly negatedPhrases: readonly string[];
  /** The score of a document, or undefined if it does not match. */
  readonly score: (document: Value) => number | undefined;
}

/** Throws CommandError for an unknown language. */
export function compileTextSearch(query: TextQuery, index: TextIndex): TextSearch {
  const { version } = index;
  const language =
    query.language === undefined ? index.defaultLanguage : queryLanguage(query.language, version);
  const reading = { language, version };
  const parsed = parseSearchString(query.search);
  const exact: TokenOptions = {
    caseSensitive: query.caseSensitive,
    diacriticSensitive: query.diacriticSensitive,
  };
  const sensitive = query.caseSensitive || query.diacriticSensitive;
  const terms = new Set(tokens(parsed.wanted, reading, { dropStopWords: true }));
  const wanted = sensitive
    ? new Set(tokens(parsed.wanted, reading, { ...exact, dropStopWords: true }))
    : terms;
  const unwanted = new Set(tokens(parsed.unwanted, reading, { ...exact, dropStopWords: true }));

  return {
    terms,
    negatedTerms: unwanted,
    phrases: parsed.phrases,
    negatedPhrases: parsed.unwantedPhrases,
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
      const texts = [...matchedTexts(document, index)];
      if (sensitive && !hasAny(texts, version, wanted, exact)) return undefined;
      if (unwanted.size > 0 && hasAny(texts, version, unwanted, exact)) return undefined;
      return phrasesHold(texts, version, parsed, query) ? score : undefined;
    },
  };
}

function hasAny(
  texts: IndexedText[],
  version: TextIndexVersion,
  terms: ReadonlySet<string>,
  options: TokenOptions,
): boolean {
  return texts.some(({ text, language }) => {
    for (const token of tokens(text, { language, version }, options)) if (terms.has(token)) return true;
    return false;
  });
}

/** A phrase is found as a piece of a field's text, not of its words: "a-b" is not "a b". */
function phrasesHold(
  texts: IndexedText[],
  version: TextIndexVersion,
  parsed: SearchString,
  query: TextQuery,
): boolean {
  const holds = (phrase: string) =>
    texts.some(({ text, language }) => {
      const reading = { language, version };
      return plain(text, reading, query).includes(plain(phrase, reading, query));
    });
  return parsed.phrases.every(holds) && !parsed.unwantedPhrases.some(holds);
}

function plain(text: string, { language, version }: Reading, query: TextQuery): string {
  if (version < 3) return query.caseSensitive ? text : foldAscii(text);
  const folded = query.caseSensitive && language !== 'turkish' ? text : foldCase(text, language);
  return query.diacriticSensitive ? folded : stripDiacritics(folded);
}
