import { valueTest } from '../match/compile.ts';
import type { MatchContext } from '../match/hooks.ts';
import type { ValueTest } from '../match/path-walker.ts';
import type { MatchNode } from '../match/tree.ts';
import type { SortField } from './pattern.ts';

/** mongod's order of predicates on one path: the first of them bounds the keys. */
const precedence = ['lte', 'lt', 'eq', 'gt', 'gte', 'in', 'not'];

/**
 * In mongod 3.4 a document with an array sorts by its least (or greatest) item among those that the query could have found by an index on the sort
 * fields: `{a: {$gt: 5}}` sorted by `a` takes [1, 7] as 7. Returns a test for each sort field (undefined where the query
 * says nothing), or undefined if the query does not bound the first field. Only comparisons, $in and their negations are considered.
 */
export function queryBounds(
  fields: readonly SortField[],
  filter: MatchNode,
  context: MatchContext,
): (ValueTest | undefined)[] | undefined {
  const predicates = filter.kind === 'and' ? filter.children : [filter];
  const tests = fields.map(({ path }) => {
    const onPath = predicates
      .map((node) => ({ node, rank: rankOf(node, path) }))
      .filter(({ rank }) => rank >= 0)
      .sort((a, b) => a.rank - b.rank);
    return onPath[0] && valueTest(onPath[0].node, context.collator);
  });
  return tests[0] === undefined ? undefined : tests;
}

function rankOf(node: MatchNode, path: string): number {
  if (node.kind === 'not') return rankOf(node.child, path) < 0 ? -1 : precedence.indexOf('not');
  if (node.kind === 'compare' && node.path === path) return precedence.indexOf(node.operator);
  if (node.kind === 'in' && node.path === path && node.regexes.length === 0) return precedence.indexOf('in');
  return -1;
}
