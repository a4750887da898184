import { badValue } from '../../../query/errors.ts';
import { hasNode, nodesOf, type MatchNode } from '../../../query/match/tree.ts';
import type { Collection } from '../catalog/collection.ts';

/** Tests that no index of mongod 3.4 can serve. */
const neverIndexed: ReadonlySet<MatchNode['kind']> = new Set(['size', 'where', 'expr', 'alwaysTrue', 'nor']);

/**
 * mongod answers a $text only through its index, so every other branch of an $or around it must have an index too.
 * Throws BadValue for one that has none.
 */
export function checkTextBranches(filter: MatchNode, collection: Collection): void {
  const leading = new Set(
    collection.indexes.flatMap(({ type, fields }) => (type === 'text' ? [] : (fields[0]?.path ?? []))),
  );
  for (const node of nodesOf(filter)) {
    if (node.kind !== 'or' || !hasNode(node, 'text')) continue;
    if (node.children.every((child) => isIndexed(child, '', leading))) continue;
    throw badValue(
      'error processing query: planner returned error: Failed to produce a solution for TEXT under OR - other non-TEXT clauses under OR have to be indexed as well.',
    );
  }
}

function isIndexed(node: MatchNode, prefix: string, leading: ReadonlySet<string>): boolean {
  if (node.kind === 'text' || node.kind === 'alwaysFalse') return true;
  if (neverIndexed.has(node.kind)) return false;
  if (node.kind === 'and') return node.children.some((child) => isIndexed(child, prefix, leading));
  if (node.kind === 'or') return node.children.every((child) => isIndexed(child, prefix, leading));
  if (node.kind === 'not') return isIndexed(node.child, prefix, leading);
  if (!('path' in node)) return false;
  const path = prefix + node.path;
  return leading.has(path) || (node.kind === 'elemMatchObject' && isIndexed(node.child, `${path}.`, leading));
}
