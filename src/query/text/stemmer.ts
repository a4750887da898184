import snowball from 'snowball-stemmers';

/** Reduces a word to its stem, by Snowball's algorithm of a language. */
export type Stem = (word: string) => string;

/** The stemmers' short names in Snowball, which text index version 1 takes for languages. */
const algorithms: Record<string, string> = {
  da: 'danish',
  dan: 'danish',
  de: 'german',
  deu: 'german',
  ger: 'german',
  dut: 'dutch',
  nl: 'dutch',
  nld: 'dutch',
  en: 'english',
  eng: 'english',
  es: 'spanish',
  esl: 'spanish',
  spa: 'spanish',
  fi: 'finnish',
  fin: 'finnish',
  fr: 'french',
  fra: 'french',
  fre: 'french',
  hu: 'hungarian',
  hun: 'hungarian',
  it: 'italian',
  ita: 'italian',
  no: 'norwegian',
  nor: 'norwegian',
  por: 'portuguese',
  pt: 'portuguese',
  ro: 'romanian',
  ron: 'romanian',
  rum: 'romanian',
  ru: 'russian',
  rus: 'russian',
  sv: 'swedish',
  swe: 'swedish',
  tr: 'turkish',
  tur: 'turkish',
};

const stemmers = new Map<string, Stem>();

/** The stemmer of a language by its name; `none` leaves words as they are. Keeps what it stemmed before. */
export function stemmerOf(language: string): Stem {
  let stem = stemmers.get(language);
  if (stem === undefined) {
    stem =
      language === 'none'
        ? (word) => word
        : remembering(snowball.newStemmer(algorithms[language] ?? language));
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
