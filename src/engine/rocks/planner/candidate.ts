import type { Value } from '../../../bson/value.ts';
import type { Index } from '../catalog/collection.ts';
import { fieldBounds, type FieldBounds } from './field-bounds.ts';
import { isGeoIndex } from './geo-bounds.ts';
import { everything, isEverything } from './intervals.ts';
import { keyRanges } from './key-ranges.ts';
import type { IndexPlan } from './plan.ts';
import type { Conjunct } from './predicates.ts';
import { sortDirection } from './sort-order.ts';
import { impliesFilter, includesNull, isComplete } from './usable.ts';

/** What a plan is made for. */
export interface Wanted {
  conjuncts: readonly Conjunct[];
  sort: Value | undefined;
  /** Whether strings compare by their bytes in this query. */
  simpleCollation: boolean;
}

/**
 * The plan that reads an index for a query, or undefined if it would miss documents or bring nothing. With `force`
 * (a hint) it is made in any case, over the whole index if need be.
 */
export function planIndex(index: Index, wanted: Wanted, force = false): IndexPlan | undefined {
  const { table } = index;
  if (table === undefined) return undefined;
  if (index.type !== 'btree' && index.type !== 'hashed' && !isGeoIndex(index) && !force) return undefined;
  const context = {
    version: table.layout.version,
    collated: index.collation !== undefined || !wanted.simpleCollation,
  };
  let bounds = fieldBounds(index, wanted.conjuncts, context);
  const allowed = holdsAll(index, bounds, wanted.conjuncts, context.collated);
  if (!allowed && !force) return undefined;
  if (!allowed) bounds = bounds.map(() => ({ intervals: [everything], used: [] }));
  const direction = wanted.sort && sortDirection(index, bounds, wanted.sort);
  const sorted = direction !== undefined && wanted.simpleCollation;
  const bounded =
    bounds[0] !== undefined &&
    (!isEverything(bounds[0].intervals) || (!isComplete(index) && bounds[0].used.length > 0));
  if (!bounded && !sorted && !force) return undefined;
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
    reverse: sorted && direction === 'reverse',
    sorted,
    limits: undefined,
  };
}

/** Whether no matching document is missing from the index. */
function holdsAll(
  index: Index,
  bounds: readonly FieldBounds[],
  conjuncts: readonly Conjunct[],
  collated: boolean,
): boolean {
  if (isComplete(index)) return true;
  // A geo index has every document in which a place passes a test, and not every other one.
  if (isGeoIndex(index) && !bounds.some(({ used }) => used.some(({ test }) => test.op === 'geo')))
    return false;
  if (index.partialFilter !== undefined && (collated || !impliesFilter(conjuncts, index.partialFilter))) {
    return false;
  }
  if (!index.sparse) return true;
  // A sparse index has every document in which one of its fields is there.
  return bounds.some(({ intervals, used }) =>
    used.some(({ test }) => test.op === 'exists') ? true : used.length > 0 && !includesNull(intervals),
  );
}
