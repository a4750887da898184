import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import type { Index, IndexField } from '../catalog/collection.ts';
import { hashedValue } from '../keystring/hash.ts';
import { boundsOf, type BoundsContext } from './bounds.ts';
import { geoIndexBounds, isGeoIndex } from './geo-bounds.ts';
import { everything, intersect, isEverything, type Intervals } from './intervals.ts';
import { hasPosition, mayHoldArray, shareArray } from './multikey.ts';
import type { Conjunct, PathConjunct, Test } from './predicates.ts';
import { includesNull } from './usable.ts';

/** The bounds of one field of an index, and which conjuncts they come from. */
export interface FieldBounds {
  intervals: Intervals;
  used: readonly PathConjunct[];
}

/**
 * Bounds for every field of the index. What cannot be bounded is everything. A document that passes the conjuncts has
 * at least one key within all of them.
 */
export function fieldBounds(
  index: Index,
  conjuncts: readonly Conjunct[],
  context: BoundsContext,
): FieldBounds[] {
  const bounded: { path: string; bounds: FieldBounds }[] = [];
  return index.fields.map((field) => {
    const free: FieldBounds = { intervals: [everything], used: [] };
    const taken = bounded.some((other) => shareArray(index, other.path, field.path));
    const bounds = taken ? free : boundField(index, field, conjuncts, context);
    if (!isEverything(bounds.intervals)) bounded.push({ path: field.path, bounds });
    return bounds;
  });
}

function boundField(
  index: Index,
  field: IndexField,
  conjuncts: readonly Conjunct[],
  context: BoundsContext,
): FieldBounds {
  let best: FieldBounds = { intervals: [everything], used: [] };
  const array = mayHoldArray(index, field.path);
  for (const conjunct of conjuncts) {
    if (conjunct.kind !== 'path' || conjunct.path !== field.path) continue;
    const intervals = testBounds(index, field, conjunct.test, context);
    if (intervals === undefined) continue;
    if (hasPosition(field.path) && !holdsAtPosition(intervals, conjunct.test)) continue;
    if (!array) {
      best = { intervals: intersect(best.intervals, intervals), used: [...best.used, conjunct] };
    } else if (best.used.length === 0 || narrower(intervals, best.intervals)) {
      // Different elements may pass different tests: only one of them bounds the keys.
      best = { intervals, used: [conjunct] };
    }
  }
  return best;
}

/**
 * Whether a test of a path with a position (`a.0`) says something of the keys. Null is also found in items that have no such field, of
 * which the keys say nothing.
 */
function holdsAtPosition(intervals: Intervals, { op }: Test): boolean {
  return op !== 'exists' && op !== 'element' && !includesNull(intervals);
}

function narrower(a: Intervals, b: Intervals): boolean {
  return rank(a) < rank(b);
}

/** Points before closed ranges before whole types before everything. */
function rank(intervals: Intervals): number {
  if (isEverything(intervals)) return 1_000_000;
  const worst = Math.max(
    ...intervals.map((one) => (one.point ? 0 : openEnds(one.low.bytes, one.high.bytes))),
    0,
  );
  return worst * 10_000 + intervals.length;
}

function openEnds(low: Buffer, high: Buffer): number {
  return 1 + (low.length === 1 ? 1 : 0) + (high.length === 1 ? 1 : 0);
}

function testBounds(
  index: Index,
  field: IndexField,
  test: Test,
  context: BoundsContext,
): Intervals | undefined {
  if (isGeoIndex(index)) return geoIndexBounds(index, field, test, context);
  if (field.kind === 'hashed') return hashedBounds(test, context);
  return field.kind === 'ascending' || field.kind === 'descending' ? boundsOf(test, context) : undefined;
}

/** A hashed index answers equality only; equal values of different number types have the same hash. */
function hashedBounds(test: Test, context: BoundsContext): Intervals | undefined {
  const values =
    test.op === 'eq' ? [test.value] : test.op === 'in' && test.regexes.length === 0 ? test.values : undefined;
  if (values === undefined || context.collated || values.some((value) => !isHashable(value)))
    return undefined;
  const hashes = values.map((value) => hashedValue(value));
  return boundsOf({ op: 'in', values: hashes, regexes: [] }, context);
}

/**
 * Values whose equals all have the same hash. Numbers with a fraction and huge ones are rounded in different ways by
 * their types, and null also stands for missing and undefined.
 */
function isHashable(value: Value): boolean {
  switch (value.type) {
    case BsonType.int:
    case BsonType.long:
    case BsonType.string:
    case BsonType.symbol:
    case BsonType.objectId:
    case BsonType.bool:
    case BsonType.date:
    case BsonType.timestamp:
    case BsonType.binData:
      return true;
    case BsonType.double:
      return Number.isSafeInteger(value.bytes.readDoubleLE(value.start));
    default:
      return false;
  }
}
