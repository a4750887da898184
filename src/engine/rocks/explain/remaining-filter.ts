import type { Value } from '../../../bson/value.ts';
import { andOf, type MatchNode } from '../../../query/match/tree.ts';
import type { Plan } from '../planner/plan.ts';
import { conjunctsOf } from '../planner/predicates.ts';
import { parsedQuery } from './parsed-query.ts';

/**
 * The part of a filter that an index scan's bounds do not settle: what FETCH shows as its filter. (The engine looks at the whole
 * filter again, which changes nothing.)
 */
export function remainingFilter(filter: MatchNode, plan: Plan): Value {
  if (plan.kind !== 'index' || plan.index.type === 'hashed') return parsedQuery(filter);
  const used = plan.bounds.flatMap((bounds) => bounds.used);
  const parts = filter.kind === 'and' ? filter.children : [filter];
  const rest = parts.filter((part) => {
    if (part.kind === 'text') return plan.text === undefined;
    const [conjunct] = conjunctsOf(part);
    if (conjunct?.kind !== 'path' || !(conjunct.exact || conjunct.test.op === 'regex')) return true;
    return !used.some(({ path, test }) => path === conjunct.path && test.op === conjunct.test.op);
  });
  return parsedQuery(andOf(rest));
}
