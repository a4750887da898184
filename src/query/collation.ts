import type { Collator } from '../bson/compare.ts';
import type { Value } from '../bson/value.ts';
import { compareBy } from './collation/levels.ts';
import { Representatives } from './collation/representatives.ts';
import { parseCollationSpec, type CollationSpec } from './collation/spec.ts';

/**
 * The collator of a collation document; undefined for the simple collation (`{}` and `{locale: "simple"}`). Throws CommandError as
 * mongod 3.4 does for what it refuses. Orders are those of this runtime's ICU, newer than mongod 3.4's ICU 57.
 */
export function parseCollation(document: Value): Collator | undefined {
  if (document.end - document.start <= 5) return undefined;
  const parsed = parseCollationSpec(document);
  if (parsed === undefined) return undefined;
  const compare = compareBy(parsed);
  const representatives = new Representatives(compare);
  return { compare, key: (text) => representatives.of(text), spec: { ...parsed.spec } };
}

/** Whether two collations are the same: an index serves a query's string comparisons only then. */
export function sameCollation(a: Collator | undefined, b: Collator | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const names = Object.keys(a.spec) as (keyof CollationSpec)[];
  return names.every((name) => a.spec[name] === b.spec[name]);
}
