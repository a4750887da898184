import type { Value } from '../../../bson/value.ts';
import { andOf, type MatchNode } from '../../../query/match/tree.ts';
import type { OrPlan, Plan } from '../planner/plan.ts';
import { conjunctsOf } from '../planner/predicates.ts';
import { isEmpty } from './explain-stage.ts';
import { parsedQuery } from './parsed-query.ts';

/**
 * The part of a filter that an index scan's bounds do not settle: what FETCH shows as its filter. (The engine looks at the whole
 * filter again, which changes nothing.)
 */
export function remainingFilter(filter: MatchNode, plan: Plan): Value {
  if (plan.kind === 'or') return parsedQuery(andOf(partsOf(filter).filter((part) => !isSettled(part, plan))));
  if (plan.kind !== 'index' || plan.index.type === 'hashed') return parsedQuery(filter);
  const used = plan.bounds.flatMap((bounds) => bounds.used);
  const rest = partsOf(filter).filter((part) => {
    if (part.kind === 'text') return plan.text === undefined;
    if (part.kind === 'near') return plan.near === undefined;
    const [conjunct] = conjunctsOf(part);
    if (conjunct?.kind !== 'path') return true;
    const { op } = conjunct.test;
    if (!(conjunct.exact || op === 'regex' || (op === 'exists' && plan.index.sparse))) return true;
    return !used.some(({ path, test }) => path === conjunct.path && test.op === conjunct.test.op);
  });
  return parsedQuery(andOf(rest));
}

function partsOf(filter: MatchNode): readonly MatchNode[] {
  return filter.kind === 'and' ? filter.children : [filter];
}

/** Whether the bounds of each branch's index settle that branch. */
function isSettled(part: MatchNode, { branches }: OrPlan): boolean {
  return (
    part.kind === 'or' &&
    part.children.length === branches.length &&
    part.children.every((child, at) => {
      const branch = branches[at];
      return branch !== undefined && isEmpty(remainingFilter(child, branch));
    })
  );
}
