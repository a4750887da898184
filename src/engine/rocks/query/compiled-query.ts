import type { Collator } from '../../../bson/compare.ts';
import type { Value } from '../../../bson/value.ts';
import { compileMatcher, type Matcher } from '../../../query/match/compile.ts';
import { normalizeFilter } from '../../../query/match/normalize.ts';
import { parseFilter } from '../../../query/match/parse.ts';
import { nodesOf, type MatchNode } from '../../../query/match/tree.ts';
import type { Collection } from '../catalog/collection.ts';
import { matchHooks, type CompiledNear, type CompiledText } from './match-hooks.ts';
import { checkTextBranches } from './text-branches.ts';

/** A filter made ready for one collection. */
export interface CompiledQuery {
  /** As it was given. */
  given: Value;
  collator: Collator | undefined;
  filter: MatchNode;
  matches: Matcher;
  /** The filter's $text and $near, which do more than match. */
  text: CompiledText | undefined;
  near: CompiledNear | undefined;
}

/** Parses and compiles a filter. Throws CommandError. */
export function compileQuery(
  filter: Value,
  collection: Collection | undefined,
  collator: Collator | undefined,
): CompiledQuery {
  const context = { collator, hooks: matchHooks(collection) };
  const parsed = normalizeFilter(parseFilter(filter, context), collator);
  let text: CompiledText | undefined;
  let near: CompiledNear | undefined;
  for (const node of nodesOf(parsed)) {
    if (node.kind === 'text') text = node.text as CompiledText;
    if (node.kind === 'near') near = node.near as CompiledNear;
  }
  if (text && collection) checkTextBranches(parsed, collection);
  return { given: filter, collator, filter: parsed, matches: compileMatcher(parsed, context), text, near };
}
