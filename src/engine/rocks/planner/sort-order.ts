import { numberOf } from '../../../bson/access.ts';
import { elements, type Value } from '../../../bson/value.ts';
import type { Index } from '../catalog/collection.ts';
import type { FieldBounds } from './field-bounds.ts';
import { mayHoldArray } from './multikey.ts';

/**
 * How an index gives a sort's order: forward, reverse, or not (undefined). A field that is bounded to one value may be
 * left out of the sort. Fields with arrays have several keys a document and do not count.
 */
export function sortDirection(
  index: Index,
  bounds: readonly FieldBounds[],
  sort: Value,
): 'forward' | 'reverse' | undefined {
  if (index.collation !== undefined || index.type !== 'btree') return undefined;
  const wanted = [...elements(sort)].map(({ name, value }) => ({ path: name, direction: numberOf(value) }));
  let next = 0;
  let reverse: boolean | undefined;
  for (const [at, field] of index.fields.entries()) {
    const part = wanted[next];
    if (part === undefined) break;
    const single = isSingle(bounds[at]) && !mayHoldArray(index, field.path);
    if (part.path !== field.path) {
      if (single) continue;
      return undefined;
    }
    if (part.direction === undefined || mayHoldArray(index, field.path)) return undefined;
    next++;
    if (single) continue;
    const opposite = part.direction < 0 !== (field.kind === 'descending');
    if (reverse !== undefined && reverse !== opposite) return undefined;
    reverse = opposite;
  }
  if (next < wanted.length) return undefined;
  return reverse === true ? 'reverse' : 'forward';
}

function isSingle(bounds: FieldBounds | undefined): boolean {
  return bounds?.intervals.length === 1 && bounds.intervals[0]?.point !== undefined;
}
