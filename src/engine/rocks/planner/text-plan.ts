import { nullValue, stringBytesValue, undefinedValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import { termKey } from '../../../query/text/term-key.ts';
import { textIndexOf } from '../../../query/text/text-index.ts';
import type { TextSearch } from '../../../query/text/text-search.ts';
import type { Index } from '../catalog/collection.ts';
import { boundsOf, pointAt, type BoundsContext } from './bounds.ts';
import type { FieldBounds } from './field-bounds.ts';
import { everything, union, type Intervals } from './intervals.ts';
import { keyRanges } from './key-ranges.ts';
import type { IndexPlan } from './plan.ts';
import type { Conjunct } from './predicates.ts';
import { impliesFilter } from './usable.ts';

/**
 * The plan that reads the entries of a text search's terms; undefined if the index lacks documents that the filter may want, or
 * the filter does not bind each field before the text to one value.
 */
export function planText(
  index: Index,
  search: TextSearch,
  conjuncts: readonly Conjunct[],
  simpleCollation: boolean,
): IndexPlan | undefined {
  const { table, partialFilter } = index;
  if (table === undefined) return undefined;
  if (partialFilter && !(simpleCollation && impliesFilter(conjuncts, partialFilter))) return undefined;
  const context = { version: table.layout.version, collated: !simpleCollation };
  const { prefix, version } = textIndexOf(index.spec);
  const bounds: FieldBounds[] = [];
  for (const path of prefix) {
    const bound = equality(path, conjuncts, context);
    if (bound === undefined) return undefined;
    bounds.push(bound);
  }
  const terms = [...search.terms].map((term) => stringBytesValue(termKey(term, version)));
  bounds.push({ intervals: points(terms, { ...context, collated: false }), used: [] });
  while (bounds.length < index.fields.length) bounds.push({ intervals: [everything], used: [] });
  const { ranges, settled } = keyRanges(
    bounds.map(({ intervals }) => intervals),
    table.layout,
  );
  return {
    kind: 'index',
    index: { ...index, table },
    bounds,
    ranges,
    settled,
    reverse: true,
    sorted: false,
    limits: undefined,
    text: search,
  };
}

/** The one value that a conjunct gives a field. */
function equality(
  path: string,
  conjuncts: readonly Conjunct[],
  context: BoundsContext,
): FieldBounds | undefined {
  for (const conjunct of conjuncts) {
    if (conjunct.kind !== 'path' || conjunct.path !== path || conjunct.test.op !== 'eq') continue;
    const { value } = conjunct.test;
    if (boundsOf(conjunct.test, context) === undefined) continue;
    const isNull = value.type === BsonType.null || value.type === BsonType.undefined;
    // Nothing before the text is taken apart: an array is a key as a whole.
    const values = isNull ? [undefinedValue, nullValue] : [value];
    return { intervals: points(values, context), used: [conjunct] };
  }
  return undefined;
}

function points(values: readonly Value[], context: BoundsContext): Intervals {
  return values.map((value) => [pointAt(value, context)]).reduce<Intervals>((a, b) => union(a, b), []);
}
