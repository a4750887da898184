import { BsonType, isNumberType } from '../../bson/types.ts';
import { valueTest } from '../match/compile.ts';
import type { MatchContext } from '../match/hooks.ts';
import type { ValueTest } from '../match/path-walker.ts';
import type { MatchNode } from '../match/tree.ts';
import type { SortField } from './pattern.ts';

/**
 * In mongod 3.4 a document with an array sorts by its least (or greatest) item among those that the query could have found by an index on the sort
 * fields: `{a: {$gt: 5}}` sorted by `a` takes [1, 7] as 7. Returns a test for each sort field (undefined where the query
 * says nothing), or undefined if there is no one such index scan: the query says nothing of the first field, or more
 * than one thing, of which an index with arrays could take either.
 */
export function queryBounds(
  fields: readonly SortField[],
  filter: MatchNode,
  context: MatchContext,
): (ValueTest | undefined)[] | undefined {
  const predicates = filter.kind === 'and' ? filter.children : [filter];
  const [first, ...others] = fields.map(({ path }) =>
    predicates.flatMap((node) => boundsOf(node, path, context) ?? []),
  );
  const [test, second] = first ?? [];
  const path = fields[0]?.path ?? '';
  if (test === undefined || second !== undefined) return undefined;
  if (predicates.some((node) => node.kind === 'or' && bounds(node, path, context))) return undefined;
  // Two fields below one array are not bounded together.
  const used = new Set([topOf(path)]);
  const rest = others.map((tests, index) => {
    const top = topOf(fields[index + 1]?.path ?? '');
    if (tests.length === 0 || used.has(top)) return undefined;
    used.add(top);
    return tests[0];
  });
  return [test, ...rest];
}

function topOf(path: string): string {
  return path.split('.', 1)[0] ?? '';
}

/** Whether every branch says something of the path. */
function bounds(node: MatchNode, path: string, context: MatchContext): boolean {
  if (node.kind === 'or') return node.children.every((child) => bounds(child, path, context));
  if (node.kind === 'and') return node.children.some((child) => bounds(child, path, context));
  return boundsOf(node, path, context) !== undefined;
}

/** What an index on the path would find for the predicate; undefined if it could not. */
function boundsOf(node: MatchNode, path: string, context: MatchContext): ValueTest | undefined {
  switch (node.kind) {
    case 'compare':
    case 'type':
    case 'elemMatchValue':
      break;
    case 'in':
      if (node.regexes.length > 0) return undefined;
      break;
    case 'exists':
      return node.path === path ? () => true : undefined;
    case 'mod':
      return node.path === path ? isNumberType : undefined;
    case 'not': {
      const { child } = node;
      if (child.kind === 'exists') return child.path === path ? (type) => type === BsonType.null : undefined;
      if (child.kind !== 'compare' && child.kind !== 'in') return undefined;
      const found = boundsOf(child, path, context);
      return found && ((type, bytes, start, end) => !found(type, bytes, start, end));
    }
    default:
      return undefined;
  }
  if (node.path !== path) return undefined;
  if (node.kind !== 'elemMatchValue') return valueTest(node, context.collator);
  const tests = node.children.map((child) => boundsOf(child, '', context));
  return tests.includes(undefined)
    ? undefined
    : (type, bytes, start, end) => tests.every((test) => test?.(type, bytes, start, end) === true);
}
