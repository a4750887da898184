import type { ParsedCollation } from './spec.ts';

/** Compares two texts. */
export type Compare = (a: string, b: string) => number;

/**
 * The comparison of a collation, put together from Intl's four sensitivities: Intl takes neither ICU's strengths nor its
 * other attributes, but each of its collators compares a known set of levels (primary; primary and secondary; primary and case; all three).
 */
export function compareBy({ spec, tag }: ParsedCollation): Compare {
  const shifted = spec.alternate === 'shifted';
  const onlySpace = shifted && spec.maxVariable === 'space';
  const levels = levelsOf(spec, tag, shifted && !onlySpace);
  const compare = chain(levels);
  const withIgnored = onlySpace
    ? (a: string, b: string) => compare(withoutSpace(a), withoutSpace(b))
    : compare;
  if (!shifted || spec.strength < 4)
    return spec.strength < 5 ? withIgnored : chain([withIgnored, byCodePoints]);
  // The fourth level looks at what was ignored.
  const fourth = chain(levelsOf(spec, tag, false));
  return chain(spec.strength < 5 ? [withIgnored, fourth] : [withIgnored, fourth, byCodePoints]);
}

function levelsOf(spec: ParsedCollation['spec'], tag: string, ignorePunctuation: boolean): Compare[] {
  const intl = (sensitivity: 'base' | 'accent' | 'case' | 'variant'): Compare =>
    new Intl.Collator(localeFor(spec, tag), {
      sensitivity,
      ignorePunctuation,
      numeric: spec.numericOrdering,
      caseFirst: spec.caseFirst === 'off' ? 'false' : spec.caseFirst,
    }).compare;
  const accents = accentLevels(spec, intl);
  if (spec.strength === 1) return [intl(spec.caseLevel ? 'case' : 'base')];
  const cases = spec.caseLevel ? [intl('case')] : [];
  if (spec.strength === 2) return [...accents, ...cases];
  return spec.caseLevel || spec.backwards ? [...accents, ...cases, intl('variant')] : [intl('variant')];
}

/** Canadian French is the one locale whose accents count backwards by themselves; Intl has no option for it. */
function localeFor(spec: ParsedCollation['spec'], tag: string): string {
  return spec.locale === 'fr_CA' && !spec.backwards ? 'fr' : tag;
}

type Sensitivity = 'base' | 'accent' | 'case' | 'variant';

function accentLevels(spec: ParsedCollation['spec'], intl: (sensitivity: Sensitivity) => Compare): Compare[] {
  const accent = intl('accent');
  if (!spec.backwards || spec.locale === 'fr_CA') return [accent];
  return [intl('base'), (a, b) => accent(reversed(a), reversed(b))];
}

function reversed(text: string): string {
  return (text.normalize('NFC').match(/\P{M}\p{M}*|\p{M}+/gu) ?? []).reverse().join('');
}

function withoutSpace(text: string): string {
  return text.replace(/\s/gu, '');
}

function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a.normalize('NFD')), Buffer.from(b.normalize('NFD')));
}

function chain(levels: readonly Compare[]): Compare {
  const [only] = levels;
  if (only !== undefined && levels.length === 1) return only;
  return (a, b) => {
    for (const level of levels) {
      const order = level(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}
