import type { Value } from '../../bson/value.ts';
import type { GeoPredicate, NearQuery, TextQuery } from './hooks.ts';
import type { Bits } from './parse-bits.ts';

/**
 * A parsed filter. Paths are dotted; the path of a predicate on the items of an array ($elemMatch with operators) is
 * empty. `$ne`, `$nin` and `$exists: false` are `not` over the positive form, `$all` is `and`, as in mongod.
 */
export type MatchNode = LogicalNode | PathNode | DocumentNode;

/** A node over other nodes, or a constant. */
export type LogicalNode =
  | { readonly kind: 'and' | 'or' | 'nor'; readonly children: readonly MatchNode[] }
  | { readonly kind: 'not'; readonly child: MatchNode }
  | { readonly kind: 'alwaysTrue' }
  | { readonly kind: 'alwaysFalse' };

export type CompareOperator = 'eq' | 'lt' | 'lte' | 'gt' | 'gte';

export interface CompareNode {
  readonly kind: 'compare';
  readonly path: string;
  readonly operator: CompareOperator;
  readonly value: Value;
}

export interface RegexNode {
  readonly kind: 'regex';
  readonly path: string;
  readonly pattern: string;
  readonly options: string;
}

/** Equal to one of `values` or matched by one of `regexes`. */
export interface InNode {
  readonly kind: 'in';
  readonly path: string;
  readonly values: readonly Value[];
  readonly regexes: readonly RegexNode[];
}

export type BitTest = 'allSet' | 'allClear' | 'anySet' | 'anyClear';

/** A predicate on what lies at a path. */
export type PathNode =
  | CompareNode
  | RegexNode
  | InNode
  | { readonly kind: 'exists'; readonly path: string }
  /** BSON type bytes. */
  | { readonly kind: 'type'; readonly path: string; readonly types: readonly number[] }
  | { readonly kind: 'size'; readonly path: string; readonly size: number }
  | { readonly kind: 'mod'; readonly path: string; readonly divisor: bigint; readonly remainder: bigint }
  | {
      readonly kind: 'bits';
      readonly path: string;
      readonly test: BitTest;
      readonly bits: Bits;
    }
  /** Some item is a document that matches. */
  | { readonly kind: 'elemMatchObject'; readonly path: string; readonly child: MatchNode }
  /** Some item matches every child; the children's paths are empty. */
  | { readonly kind: 'elemMatchValue'; readonly path: string; readonly children: readonly MatchNode[] }
  | { readonly kind: 'geo'; readonly path: string; readonly operator: string; readonly geo: GeoPredicate }
  | { readonly kind: 'near'; readonly path: string; readonly near: NearQuery };

/** A predicate on the whole document. */
export type DocumentNode =
  | { readonly kind: 'text'; readonly text: TextQuery }
  | { readonly kind: 'where'; readonly matches: (document: Value) => boolean }
  | { readonly kind: 'expr'; readonly matches: (document: Value) => boolean };

export const alwaysTrue: MatchNode = { kind: 'alwaysTrue' };
export const alwaysFalse: MatchNode = { kind: 'alwaysFalse' };

/** The conjunction: nested ones are flattened, one child stands for itself, none is always true. */
export function andOf(children: readonly MatchNode[]): MatchNode {
  const flat = children.flatMap((child) =>
    child.kind === 'and' ? child.children : child.kind === 'alwaysTrue' ? [] : [child],
  );
  return flat.length === 0
    ? alwaysTrue
    : flat.length === 1 && flat[0]
      ? flat[0]
      : { kind: 'and', children: flat };
}

/** Every node of the tree, parents first. */
export function* nodesOf(node: MatchNode): Generator<MatchNode> {
  yield node;
  if ('children' in node) for (const child of node.children) yield* nodesOf(child);
  if ('child' in node) yield* nodesOf(node.child);
}

/** Whether any node of the tree is of that kind. */
export function hasNode(node: MatchNode, kind: MatchNode['kind']): boolean {
  for (const each of nodesOf(node)) if (each.kind === kind) return true;
  return false;
}
