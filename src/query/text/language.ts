import { badValue } from '../errors.ts';

/** How a text index was made: 1 since MongoDB 2.4, 2 since 2.6, 3 since 3.2. */
export type TextIndexVersion = 1 | 2 | 3;

/** The languages of text index versions 2 and 3 by their short names. */
const short: Record<string, string> = {
  da: 'danish',
  nl: 'dutch',
  en: 'english',
  fi: 'finnish',
  fr: 'french',
  de: 'german',
  hu: 'hungarian',
  it: 'italian',
  nb: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  es: 'spanish',
  sv: 'swedish',
  tr: 'turkish',
};

const names = new Set([...Object.values(short), 'none']);

/** The names of Snowball's stemmers, all of which version 1 takes for languages: those that are no full names. */
const stemmerNames = new Set(
  (
    'da dan de deu dut en eng es esl fi fin fr fra fre ger hu hun it ita nl nld no nor por porter pt ro ron ru rum rus spa ' +
    'sv swe tr tur'
  ).split(' '),
);

/**
 * The language that a document, an index or a query names; undefined if a text index has none such. Versions 2 and 3 know English
 * names and two letters, in any case. Version 1 takes the names of stemmers as they are (by their short ones it has no stop
 * words), and whatever else is named is `none`.
 */
export function languageNamed(name: string, version: TextIndexVersion): string | undefined {
  if (version === 1) return names.has(name) || stemmerNames.has(name) ? name : 'none';
  const lower = name.toLowerCase();
  return names.has(lower) ? lower : Object.hasOwn(short, lower) ? short[lower] : undefined;
}

/** The same for the `$language` of a query: throws mongod's error. */
export function queryLanguage(name: string, version: TextIndexVersion): string {
  const language = languageNamed(name, version);
  if (language === undefined) {
    throw badValue(`unsupported language: "${name}" for text index version ${version}`);
  }
  return language;
}
