import { compareValues, type Collator } from '../../../bson/compare.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, items, type Value } from '../../../bson/value.ts';
import { parseCollation, sameCollation } from '../../../query/collation.ts';
import { badValue, CommandError } from '../../../query/errors.ts';
import type { Collection, Index } from '../catalog/collection.ts';
import { encodeBody } from '../keystring/encode.ts';
import { justBefore } from '../keystring/key-types.ts';
import { everything } from '../planner/intervals.ts';
import type { IndexPlan } from '../planner/plan.ts';
import { sortDirection } from '../planner/sort-order.ts';
import { hintedIndex } from './hinted-plan.ts';

export interface Limits {
  min: Value | undefined;
  max: Value | undefined;
  hint: Value | undefined;
  sort: Value | undefined;
  collator: Collator | undefined;
}

/**
 * The plan of a query with `min` (inclusive) and `max` (exclusive): whole keys of one index. Without a hint an index is
 * taken whose fields they name and in whose order `min` comes first. Throws BadValue, or CommandNotSupported for strings
 * in an index whose keys are a collation's.
 */
export function limitedPlan(collection: Collection, limits: Limits): IndexPlan {
  const { min, max, hint, sort, collator } = limits;
  const index = hint
    ? hintedIndex(collection, hint)
    : collection.indexes.find((one) => fits(one, limits) && distance(one, limits) <= 0);
  if (index?.table === undefined) {
    throw plannerError(collection, 'unable to find relevant index for max/min query');
  }
  if (hint && !(fits(index, limits) && distance(index, limits) < 0)) {
    throw plannerError(collection, `hint provided does not work with ${min ? 'min' : 'max'} query`);
  }
  if (index.collation && [min, max].some((limit) => limit && [...items(limit)].some(isCollatable))) {
    const message = `min and max with strings are not supported on the collated index ${index.name}`;
    throw new CommandError(115, 'CommandNotSupported', message);
  }
  const { layout } = index.table;
  const at = (limit: Value): Buffer => {
    const values = [...elements(limit)].map(({ value }) => value);
    return Buffer.concat([encodeBody(values, layout.ordering, layout.version), Buffer.of(justBefore)]);
  };
  const bounds = index.fields.map(() => ({ intervals: [everything], used: [] }));
  const direction = sort && collator === undefined ? sortDirection(index, bounds, sort) : undefined;
  return {
    kind: 'index',
    index: { ...index, table: index.table },
    bounds,
    ranges: [
      { lower: min ? at(min) : Buffer.of(0), upper: max ? at(max) : Buffer.of(0xff), exact: undefined },
    ],
    settled: index.fields.length,
    reverse: direction === 'reverse',
    sorted: direction !== undefined,
    limits: { min, max },
  };
}

function plannerError(collection: Collection, message: string): CommandError {
  return badValue(`error processing query: ns=${collection.namespace} planner returned error: ${message}`);
}

/** The limits name the fields of the index, in their order; what a collation compares needs the index's collation. */
function fits(index: Index, { min, max, collator }: Limits): boolean {
  if (index.table === undefined) return false;
  const sameOrder = sameCollation(index.collation && parseCollation(index.collation), collator);
  return [min, max].every((limit) => {
    if (limit === undefined) return true;
    const fields = [...elements(limit)];
    return (
      fields.length === index.fields.length &&
      fields.every(({ name }, i) => name === index.fields[i]?.path) &&
      (sameOrder || !fields.some(({ value }) => isCollatable(value)))
    );
  });
}

function isCollatable({ type }: Value): boolean {
  return (
    type === BsonType.string ||
    type === BsonType.symbol ||
    type === BsonType.object ||
    type === BsonType.array
  );
}

/** Negative if `min` comes before `max` in the order of the index, or one of them is not given. */
function distance(index: Index, { min, max }: Limits): number {
  if (min === undefined || max === undefined) return -1;
  const upper = [...elements(max)];
  for (const [i, { value }] of [...elements(min)].entries()) {
    const order = compareValues(value, upper[i]?.value);
    if (order !== 0) return index.fields[i]?.kind === 'descending' ? 0 - order : order;
  }
  return 0;
}
