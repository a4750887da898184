import type { NearQuery } from '../../../query/geo/near.ts';
import { isServed } from '../../../query/geo/near-index.ts';
import type { Index } from '../catalog/collection.ts';
import { sphereOptionsOf } from '../index-keys/sphere-keys.ts';
import { fieldBounds } from './field-bounds.ts';
import { flatGridOf } from './geo-bounds.ts';
import { keyRanges } from './key-ranges.ts';
import { flatSpace, sphereSpace, type NearSpace } from './near-space.ts';
import type { IndexPlan } from './plan.ts';
import type { Conjunct } from './predicates.ts';
import { impliesFilter } from './usable.ts';

/** A search for the nearest through a geo index: `ranges` hold all that is within the distances asked for. */
export interface NearPlan extends IndexPlan {
  near: NearSearch;
}

export interface NearSearch {
  space: NearSpace;
  /** Which field of the index holds the places. */
  field: number;
  /** The distances asked for, in units of the space. */
  inner: number;
  outer: number;
}

/** The plan that finds the nearest by the first index that serves the query; undefined if none can be read. */
export function planNear(
  indexes: readonly Index[],
  near: NearQuery & { path: string },
  conjuncts: readonly Conjunct[],
  simpleCollation: boolean,
): NearPlan | undefined {
  for (const index of indexes) {
    const field = index.fields.findIndex(({ path, kind }) => path === near.path && isServed(near, kind));
    const { table, partialFilter } = index;
    if (field < 0 || table === undefined) continue;
    if (partialFilter && (!simpleCollation || !impliesFilter(conjuncts, partialFilter))) continue;
    const context = {
      version: table.layout.version,
      collated: index.collation !== undefined || !simpleCollation,
    };
    const space =
      index.type === '2d'
        ? flatSpace(near, flatGridOf(index.spec), context)
        : sphereSpace(near, sphereOptionsOf(index.spec), context);
    const inner = near.minDistance / near.scale;
    const outer = Math.min(near.maxDistance / near.scale, space.furthest);
    const search: NearSearch = { space, field, inner, outer };
    const plan: NearPlan = {
      kind: 'index',
      index: { ...index, table },
      bounds: fieldBounds(index, conjuncts, context),
      ranges: [],
      settled: 0,
      reverse: false,
      sorted: false,
      limits: undefined,
      near: search,
    };
    return { ...plan, ...ringPlan(plan, inner, outer), near: search };
  }
  return undefined;
}

/** The plan that reads what may be at a distance from `inner` to `outer`. */
export function ringPlan({ near, ...plan }: NearPlan, inner: number, outer: number): IndexPlan {
  const bounds = plan.bounds.map((each, at) =>
    at === near.field ? { intervals: near.space.intervals(inner, outer), used: [] } : each,
  );
  const intervals = bounds.map((each) => each.intervals);
  return { ...plan, bounds, ...keyRanges(intervals, plan.index.table.layout) };
}
