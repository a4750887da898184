import type { Value } from '../../../bson/value.ts';
import type { Collator } from '../../../bson/compare.ts';
import { badValue, type CommandError } from '../../../query/errors.ts';
import type { MatchNode } from '../../../query/match/tree.ts';
import type { Collection } from '../catalog/collection.ts';
import { choosePlan, type Choice } from '../planner/choose.ts';
import { planNear } from '../planner/near-plan.ts';
import { conjunctsOf } from '../planner/predicates.ts';
import { planText } from '../planner/text-plan.ts';
import type { CompiledQuery } from './compiled-query.ts';
import { hintedIndex, hintedPlan, naturalDirection } from './hinted-plan.ts';
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
  const text = request.query.text?.served;
  if (text && isNeeded(request.query.filter)) {
    const plan = planText(text.index, text.search, conjuncts, simpleCollation);
    if (plan === undefined) throw textUnserved(collection);
    return only(plan);
  }
  if (request.query.near) {
    const indexes = hint ? [hintedIndex(collection, hint)] : collection.indexes;
    const plan = planNear(indexes, request.query.near, conjuncts, simpleCollation);
    if (plan) return only(plan);
  }
  if (natural) return only(naturalScan(collection, natural === 'reverse', conjuncts));
  if (hint && naturalDirection(hint)) {
    return only(naturalScan(collection, naturalDirection(hint) === 'reverse', conjuncts));
  }
  if (hint) return only(hintedPlan(collection, hint, { conjuncts, sort, simpleCollation }));
  if (collection.oplog) return only(naturalScan(collection, false, conjuncts));
  return choosePlan(collection, { filter: request.query.filter, sort, simpleCollation });
}

/** Whether every match must pass the filter's $text: one inside an $or may be passed by. */
function isNeeded(filter: MatchNode): boolean {
  return filter.kind === 'text' || (filter.kind === 'and' && filter.children.some(isNeeded));
}

function textUnserved({ namespace }: Collection): CommandError {
  return badValue(
    `error processing query: ns=${namespace} planner returned error: failed to use text index to satisfy $text query ` +
      '(if text index is compound, are equality predicates given for all prefix fields?)',
  );
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
