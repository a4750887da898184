/** A search string taken apart: text whose words are wanted or not wanted, and quoted phrases. */
export interface SearchString {
  wanted: string;
  unwanted: string;
  phrases: string[];
  unwantedPhrases: string[];
}

interface Piece {
  text: string;
  at: number;
  /** White space, or the beginning, came before. */
  afterSpace: boolean;
}

/**
 * Parses what `$search` holds. A minus sign after white space negates up to the next white space; quotes make a phrase, whose
 * words are wanted too; a quote without its partner makes none.
 */
export function parseSearchString(search: string): SearchString {
  const parsed: SearchString = { wanted: '', unwanted: '', phrases: [], unwantedPhrases: [] };
  let negated = false;
  let quotedFrom: number | undefined;
  for (const { text, at, afterSpace } of pieces(search)) {
    if (text === '-') {
      if (quotedFrom === undefined && afterSpace) negated = true;
    } else if (text === '"') {
      if (quotedFrom !== undefined) {
        (negated ? parsed.unwantedPhrases : parsed.phrases).push(search.slice(quotedFrom, at));
        quotedFrom = undefined;
      } else {
        if (negated && afterSpace) negated = false;
        quotedFrom = at + 1;
      }
    } else if (!(negated && quotedFrom !== undefined)) {
      if (negated && afterSpace) negated = false;
      if (negated) parsed.unwanted += `${text} `;
      else parsed.wanted += `${text} `;
    }
  }
  return parsed;
}

/** Words, minus signs and quotes. Tabs are part of words here; the tokenizer separates them. */
function* pieces(search: string): Generator<Piece> {
  let end = 0;
  for (const match of search.matchAll(/[-"]|[^-" \n\v\f\r]+/g)) {
    yield { text: match[0], at: match.index, afterSpace: match.index === 0 || match.index > end };
    end = match.index + match[0].length;
  }
}
