import { foldAscii } from './characters.ts';
import { indexedTexts } from './indexed-texts.ts';
import type { TextIndex } from './text-index.ts';
import type { Value } from '../../bson/value.ts';
import { tokens } from './tokenizer.ts';

/**
 * The score of each term in a document, as the entries of a text index hold it: a term's further occurrences count half of
 * the one before, weighted by its share of the field's terms, with a tenth more if it is the whole field.
 */
export function termScores(document: Value, index: TextIndex): Map<string, number> {
  const scores = new Map<string, number>();
  const { version } = index;
  for (const { text, language, weight } of indexedTexts(document, index)) {
    const terms = new Map<string, { count: number; frequency: number; share: number }>();
    let all = 0;
    for (const term of tokens(text, { language, version }, { dropStopWords: true })) {
      const entry = terms.get(term);
      if (entry === undefined) terms.set(term, { count: 1, frequency: 1, share: 1 });
      else {
        entry.share /= 2;
        entry.count++;
        entry.frequency += entry.share;
      }
      all++;
    }
    for (const [term, { count, frequency }] of terms) {
      const coefficient = (0.5 * count) / all + 0.5;
      const adjustment = sameText(text, term) ? 1.1 : 1;
      scores.set(term, (scores.get(term) ?? 0) + weight * frequency * coefficient * adjustment);
    }
  }
  return scores;
}

/** mongod compares bytes here, whatever the case of ASCII's letters. */
function sameText(text: string, term: string): boolean {
  return text.length === term.length && foldAscii(text) === foldAscii(term);
}
