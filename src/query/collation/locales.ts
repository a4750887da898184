/**
 * The locales that have a collation of their own in ICU 57, mongod 3.4's: a collation must name one of these exactly, so "en_US" is
 * valid and "en_GB" is not.
 */
const collationLocales: ReadonlySet<string> = new Set(
  (
    'af am ar as az be bg bn bs bs_Cyrl ca chr cs cy da de de_AT dsb dz ee el en en_US en_US_POSIX eo es et fa ' +
    'fa_AF fi fil fo fr fr_CA ga gl gu ha haw he hi hr hsb hu hy id ig is it ja ka kk kl km kn ko kok ky lb lkt ' +
    'ln lo lt lv mk ml mn mr ms mt my nb ne nl nn om or pa pl ps pt ro root ru se si sk sl smn sq sr sr_Latn sv sw ' +
    'ta te th to tr ug uk ur vi wae yi yo zh zh_Hant zu'
  ).split(' '),
);

/** The variants ("zh@collation=stroke") that are not their locale's default. */
const variants: Readonly<Record<string, string>> = {
  ar: 'compat',
  bn: 'traditional',
  de: 'phonebook phonebk',
  de_AT: 'phonebook phonebk',
  es: 'traditional trad',
  fi: 'traditional trad',
  ja: 'unihan',
  kn: 'traditional trad',
  ko: 'unihan',
  ln: 'phonetic',
  si: 'dictionary dict',
  sv: 'reformed',
  vi: 'traditional trad',
  zh: 'big5han gb2312han gb2312 stroke unihan zhuyin',
  zh_Hant: 'big5han gb2312han gb2312 pinyin unihan zhuyin',
};

const unicodeNames: Readonly<Record<string, string>> = {
  phonebook: 'phonebk',
  traditional: 'trad',
  dictionary: 'dict',
  gb2312han: 'gb2312',
};

/** A locale for Intl, if `id` is one that mongod accepts; else what to suggest, if anything comes near. */
export type LocaleChoice = { tag: string } | { suggestion: string | undefined };

/** Checks a locale as mongod 3.4 does: letter for letter. */
export function chooseLocale(id: string): LocaleChoice {
  if (collationLocales.has(id)) return { tag: languageTag(id) };
  const [base = '', keyword = ''] = id.split('@', 2);
  const parts = base.split(/[_-]/);
  let near: string | undefined;
  for (let length = parts.length; length > 0 && near === undefined; length--) {
    near = likeIcu(parts.slice(0, length));
  }
  const variant = keyword.startsWith('collation=') ? keyword.slice('collation='.length) : undefined;
  if (variant !== undefined && near === base && (variants[base] ?? '').split(' ').includes(variant)) {
    return { tag: `${languageTag(base)}-u-co-${unicodeNames[variant] ?? variant}` };
  }
  return { suggestion: near };
}

function likeIcu(parts: string[]): string | undefined {
  const wanted = parts.join('_').toLowerCase();
  return [...collationLocales].find((locale) => locale !== 'root' && locale.toLowerCase() === wanted);
}

function languageTag(locale: string): string {
  // Intl takes the language of its surroundings for "und". English has the order of the root.
  if (locale === 'root') return 'en';
  return locale === 'en_US_POSIX' ? 'en-US-u-va-posix' : locale.replaceAll('_', '-');
}
