import { compareValues, type Collator } from '../../bson/compare.ts';
import { andOf, type BitTest, type CompareOperator, type InNode, type MatchNode } from './tree.ts';

/**
 * A query's filter as mongod 3.4 normalizes it before it runs: nested $and and $or are merged, one of a single child is
 * that child, `$in` of one value is equality, and children stand in mongod's order of predicates. The order decides which
 * of several array items the positional projection shows. What lies in `$elemMatch` of documents is only put in order.
 */
export function normalizeFilter(node: MatchNode, collator: Collator | undefined): MatchNode {
  return inOrder(simplified(node, collator));
}

function simplified(node: MatchNode, collator: Collator | undefined): MatchNode {
  switch (node.kind) {
    case 'and':
      return andOf(node.children.map((child) => simplified(child, collator)));
    case 'or': {
      const children = node.children
        .map((child) => simplified(child, collator))
        .flatMap((child) => (child.kind === 'or' ? child.children : [child]));
      const [only, second] = children;
      return only !== undefined && second === undefined ? only : { kind: 'or', children };
    }
    case 'nor':
    case 'elemMatchValue':
      return { ...node, children: node.children.map((child) => simplified(child, collator)) };
    case 'not':
      return { ...node, child: simplified(node.child, collator) };
    case 'in':
      return simplifiedIn(node, collator);
    default:
      return node;
  }
}

function simplifiedIn(node: InNode, collator: Collator | undefined): MatchNode {
  const { path, values, regexes } = node;
  const [value, ...others] = values;
  if (value === undefined) {
    const [regex, second] = regexes;
    return regex !== undefined && second === undefined ? regex : node;
  }
  if (regexes.length > 0 || others.some((other) => compareValues(value, other, collator) !== 0)) return node;
  return { kind: 'compare', path, operator: 'eq', value };
}

function inOrder(node: MatchNode): MatchNode {
  if ('children' in node) return { ...node, children: node.children.map(inOrder).sort(compareNodes) };
  return 'child' in node ? { ...node, child: inOrder(node.child) } : node;
}

type Kind = Exclude<MatchNode['kind'], 'compare' | 'bits' | 'alwaysTrue'> | CompareOperator | BitTest;

/** mongod's order of the kinds of predicates. */
const kinds: readonly Kind[] = [
  'and',
  'or',
  'elemMatchObject',
  'elemMatchValue',
  'size',
  'eq',
  'lte',
  'lt',
  'gt',
  'gte',
  'regex',
  'mod',
  'exists',
  'in',
  'allSet',
  'allClear',
  'anySet',
  'anyClear',
  'not',
  'nor',
  'type',
  'geo',
  'where',
  'alwaysFalse',
  'near',
  'text',
  'expr',
];
const ranks = new Map(kinds.map((kind, rank) => [kind, rank]));

function rankOf(node: MatchNode): number {
  switch (node.kind) {
    case 'compare':
      return ranks.get(node.operator) ?? 0;
    case 'bits':
      return ranks.get(node.test) ?? 0;
    case 'alwaysTrue':
      return 0;
    default:
      return ranks.get(node.kind) ?? 0;
  }
}

/** By kind, then path, then children. */
function compareNodes(a: MatchNode, b: MatchNode): number {
  const order = rankOf(a) - rankOf(b) || comparePaths(pathOf(a), pathOf(b));
  if (order !== 0) return order;
  const left = childrenOf(a);
  const right = childrenOf(b);
  for (const [index, child] of left.slice(0, right.length).entries()) {
    const childOrder = compareNodes(child, right[index] as MatchNode);
    if (childOrder !== 0) return childOrder;
  }
  return left.length - right.length;
}

function comparePaths(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function pathOf(node: MatchNode): string {
  return 'path' in node ? node.path : '';
}

function childrenOf(node: MatchNode): readonly MatchNode[] {
  if ('children' in node) return node.children;
  return 'child' in node ? [node.child] : [];
}
