import { elements, type Value } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
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
  simpleCollation: boolean;
}

/**
 * The plan of a query with `min` (inclusive) and `max` (exclusive): whole keys of one index. Without a hint an index is
 * taken whose fields they name. Throws BadValue.
 */
export function limitedPlan(collection: Collection, limits: Limits): IndexPlan {
  const { min, max, hint, sort, simpleCollation } = limits;
  const index = hint ? hintedIndex(collection, hint) : collection.indexes.find((one) => fits(one, limits));
  if (index?.table === undefined || !fits(index, limits)) {
    const what = min ? 'min' : 'max';
    throw badValue(
      `error processing query: ns=${collection.namespace} planner returned error: ` +
        (hint
          ? `hint provided does not work with ${what} query`
          : `unable to find relevant index for max/min query`),
    );
  }
  const { layout } = index.table;
  const at = (limit: Value): Buffer => {
    const values = [...elements(limit)].map(({ value }) => value);
    return Buffer.concat([encodeBody(values, layout.ordering, layout.version), Buffer.of(justBefore)]);
  };
  const bounds = index.fields.map(() => ({ intervals: [everything], used: [] }));
  const direction = sort && simpleCollation ? sortDirection(index, bounds, sort) : undefined;
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

/** The limits name the fields of the index, in their order. */
function fits(index: Index, { min, max }: Limits): boolean {
  if (index.table === undefined) return false;
  return [min, max].every((limit) => {
    if (limit === undefined) return true;
    const names = [...elements(limit)].map(({ name }) => name);
    return names.length === index.fields.length && names.every((name, i) => name === index.fields[i]?.path);
  });
}
