import { numberOf } from '../../../bson/access.ts';
import { elements, type Value } from '../../../bson/value.ts';
import type { MatchNode } from '../../../query/match/tree.ts';
import { hasPosition } from './multikey.ts';
import type { IndexPlan, Plan } from './plan.ts';

/** The fields of an index that a query needs, in the index's order: it needs nothing else of the documents. */
export interface Covering {
  fields: readonly { at: number; names: readonly string[] }[];
}

/**
 * How a plan's index answers a query without its documents; undefined if it does not. `projected` are the paths that the result
 * needs (undefined: the whole document), `sort` is what is left to be sorted by.
 */
export function coveringOf(
  plan: Plan,
  filter: MatchNode,
  projected: readonly string[] | undefined,
  sort: Value | undefined,
): Covering | undefined {
  if (plan.kind !== 'index' || projected === undefined || !isRecoverable(plan)) return undefined;
  const needed = new Set(projected);
  if (!addFilterPaths(filter, needed) || !addSortPaths(sort, needed)) return undefined;
  const fields = plan.index.fields.flatMap(({ path }, at) =>
    needed.delete(path) ? [{ at, names: path.split('.') }] : [],
  );
  const tops = new Set(fields.map(({ names: [top] }) => top));
  return needed.size === 0 && tops.size === fields.length ? { fields } : undefined;
}

/**
 * Whether keys hold the values as they lie in the documents. An array does not, and servers before 3.4, which kept no account of
 * paths, did not call an index multikey for an array of one item.
 */
function isRecoverable({ index }: IndexPlan): boolean {
  if (index.type !== 'btree' || index.multikey || index.collation !== undefined) return false;
  return (
    index.isId || (index.multikeyPaths !== undefined && !index.fields.some(({ path }) => hasPosition(path)))
  );
}

/** Adds the paths that a filter looks at; false if it looks at more than single paths. */
function addFilterPaths(node: MatchNode, paths: Set<string>): boolean {
  switch (node.kind) {
    case 'alwaysTrue':
    case 'alwaysFalse':
      return true;
    case 'and':
    case 'or':
    case 'nor':
      return node.children.every((child) => addFilterPaths(child, paths));
    case 'not':
      return addFilterPaths(node.child, paths);
    case 'compare':
    case 'regex':
    case 'in':
    case 'exists':
    case 'type':
    case 'mod':
    case 'bits':
      paths.add(node.path);
      return true;
    default:
      return false;
  }
}

function addSortPaths(sort: Value | undefined, paths: Set<string>): boolean {
  for (const { name, value } of sort ? elements(sort) : []) {
    if (numberOf(value) === undefined) return false;
    paths.add(name);
  }
  return true;
}
