import type { Value } from '../../../bson/value.ts';
import type { Collator } from '../../../bson/compare.ts';
import { badValue } from '../../../query/errors.ts';
import type { Collection } from '../catalog/collection.ts';
import { choosePlan, type Choice } from '../planner/choose.ts';
import { conjunctsOf } from '../planner/predicates.ts';
import type { CompiledQuery } from './compiled-query.ts';
import { hintedPlan, naturalDirection } from './hinted-plan.ts';
import { limitedPlan } from './limited-plan.ts';
import { oplogRange } from './oplog-range.ts';

export interface PlanRequest {
  query: CompiledQuery;
  /** The sort pattern as given, or undefined. */
  sort: Value | undefined;
  hint: Value | undefined;
  min: Value | undefined;
  max: Value | undefined;
  collator: Collator | undefined;
}

/** Chooses how a query reads its collection. Throws CommandError for hints and limits that do not fit. */
export function planQuery(collection: Collection | undefined, request: PlanRequest): Choice {
  if (collection === undefined) return only({ kind: 'empty' });
  const conjuncts = conjunctsOf(request.query.filter);
  const simpleCollation = request.collator === undefined;
  const { sort, hint } = request;
  const natural = naturalDirection(sort);
  if (request.min ?? request.max) {
    if (natural) throw badValue(`error processing query: ns=${collection.namespace} No query solutions`);
    return only(limitedPlan(collection, request));
  }
  if (natural) return only(naturalScan(collection, natural === 'reverse', conjuncts));
  if (hint && naturalDirection(hint)) {
    return only(naturalScan(collection, naturalDirection(hint) === 'reverse', conjuncts));
  }
  if (hint) return only(hintedPlan(collection, hint, { conjuncts, sort, simpleCollation }));
  if (collection.oplog) return only(naturalScan(collection, false, conjuncts));
  return choosePlan(collection, { filter: request.query.filter, sort, simpleCollation });
}

function naturalScan(
  collection: Collection,
  reverse: boolean,
  conjuncts: Parameters<typeof oplogRange>[0],
): Choice['winning'] {
  return { kind: 'collection', reverse, ...(collection.oplog ? oplogRange(conjuncts) : {}) };
}

function only(winning: Choice['winning']): Choice {
  return { winning, rejected: [] };
}
