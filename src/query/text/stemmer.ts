import snowball from 'snowball-stemmers';

/** Reduces a word to its stem, by Snowball's algorithm of a language. */
export type Stem = (word: string) => string;

const stemmers = new Map<string, Stem>();

/** The stemmer of a language by its English name; `none` leaves words as they are. Keeps what it stemmed before. */
export function stemmerOf(language: string): Stem {
  let stem = stemmers.get(language);
  if (stem === undefined) {
    stem = language === 'none' ? (word) => word : remembering(snowball.newStemmer(language));
    stemmers.set(language, stem);
  }
  return stem;
}

const kept = 20_000;

function remembering(stemmer: { stem(word: string): string }): Stem {
  const stems = new Map<string, string>();
  return (word) => {
    let stem = stems.get(word);
    if (stem === undefined) {
      stem = stemmer.stem(word);
      if (stems.size >= kept) stems.clear();
      stems.set(word, stem);
    }
    return stem;
  };
}
