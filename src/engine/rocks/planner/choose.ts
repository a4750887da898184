import type { MatchNode } from '../../../query/match/tree.ts';
import type { Value } from '../../../bson/value.ts';
import type { Collection } from '../catalog/collection.ts';
import { planIndex, type Wanted } from './candidate.ts';
import { isEverything } from './intervals.ts';
import type { IndexPlan, Plan } from './plan.ts';
import { conjunctsOf, type Conjunct } from './predicates.ts';

export interface PlanQuery {
  filter: MatchNode;
  sort: Value | undefined;
  simpleCollation: boolean;
}

/** The candidates of a query, best first; the first is what is run. */
export interface Choice {
  winning: Plan;
  rejected: readonly Plan[];
}

/** Chooses how to read a collection: the index that narrows most, by rule; without one the collection from its start. */
export function choosePlan(collection: Collection, query: PlanQuery): Choice {
  const wanted: Wanted = {
    conjuncts: conjunctsOf(query.filter),
    sort: query.sort,
    simpleCollation: query.simpleCollation,
  };
  const [winning, ...rejected] = candidates(collection, wanted);
  if (winning) return { winning, rejected };
  return { winning: orPlan(collection, wanted) ?? { kind: 'collection', reverse: false }, rejected: [] };
}

function candidates(collection: Collection, wanted: Wanted): IndexPlan[] {
  return collection.indexes
    .flatMap((index) => planIndex(index, wanted) ?? [])
    .sort((a, b) => score(b) - score(a));
}

/**
 * How much a plan narrows: whole unique keys first, then fields bound to single values, then ranges (closed before
 * open), then an order that saves the sort.
 */
function score(plan: IndexPlan): number {
  if (plan.ranges.length > 0 && plan.ranges.every(({ exact }) => exact !== undefined)) {
    return 1_000 - Math.min(plan.ranges.length, 900) / 10;
  }
  let total = plan.sorted ? 3 : 0;
  for (const { intervals } of plan.bounds) {
    if (isEverything(intervals)) break;
    if (intervals.every(({ point }) => point !== undefined)) {
      total += 10 - Math.min(intervals.length, 50) / 10;
      continue;
    }
    total += Math.max(...intervals.map(({ low, high }) => closedEnds(low.bytes, high.bytes)));
    break;
  }
  return total - plan.index.fields.length / 100;
}

function closedEnds(low: Buffer, high: Buffer): number {
  return 1 + (low.length > 1 ? 2 : 0) + (high.length > 1 ? 2 : 0);
}

/** One index a branch of an `$or`; undefined unless every branch has one. */
function orPlan(collection: Collection, wanted: Wanted): Plan | undefined {
  for (const conjunct of wanted.conjuncts) {
    if (conjunct.kind !== 'or') continue;
    const rest = wanted.conjuncts.filter((other) => other !== conjunct);
    const branches = conjunct.branches.map((branch) => bestBranch(collection, [...branch, ...rest], wanted));
    if (branches.length > 0 && branches.every((branch) => branch !== undefined)) {
      return { kind: 'or', branches };
    }
  }
  return undefined;
}

function bestBranch(
  collection: Collection,
  conjuncts: readonly Conjunct[],
  { simpleCollation }: Wanted,
): IndexPlan | undefined {
  return candidates(collection, { conjuncts, sort: undefined, simpleCollation })[0];
}
