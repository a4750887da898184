import { badValue } from '../errors.ts';

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

/** The English name of a language given by name or by two letters, in any case; undefined if a text index has none such. */
export function languageNamed(name: string): string | undefined {
  const lower = name.toLowerCase();
  return names.has(lower) ? lower : Object.hasOwn(short, lower) ? short[lower] : undefined;
}

/** The same for the `$language` of a query: throws mongod's error. */
export function queryLanguage(name: string): string {
  const language = languageNamed(name);
  if (language === undefined) {
    throw badValue(`unsupported language: "${name}" for text index version 3`);
  }
  return language;
}
