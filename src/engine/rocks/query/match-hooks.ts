import type { Value } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import { geoHooks, type PathNear } from '../../../query/geo/hooks.ts';
import { compileWhere } from '../../../query/javascript/where.ts';
import type { MatchHooks, TextQuery } from '../../../query/match/hooks.ts';
import { isTextIndex, textIndexOf } from '../../../query/text/text-index.ts';
import { parseTextOperator } from '../../../query/text/text-operator.ts';
import { compileTextSearch, type TextSearch } from '../../../query/text/text-search.ts';
import type { Collection, Index } from '../catalog/collection.ts';

/** A $near of a filter, with what the engine needs to run it. */
export type CompiledNear = PathNear;

/** A $text of a filter, with the score that it gives, and the index that serves it. */
export interface CompiledText extends TextQuery {
  score(document: Value): number | undefined;
  served: { index: Index; search: TextSearch } | undefined;
}

/** The operators of a filter that need more than the filter. */
export function matchHooks(collection: Collection | undefined): MatchHooks {
  return {
    ...geoHooks,
    compileWhere,
    parseText: (text) => compileText(text, collection),
  };
}

function compileText(text: Value, collection: Collection | undefined): CompiledText {
  const parsed = parseTextOperator(text);
  if (collection === undefined) return { score: () => undefined, matches: () => false, served: undefined };
  const index = collection.indexes.find(({ spec }) => isTextIndex(spec));
  if (index === undefined) {
    throw new CommandError(27, 'IndexNotFound', 'text index required for $text query');
  }
  const search = compileTextSearch(parsed, textIndexOf(index.spec));
  const { score } = search;
  return { score, matches: (document) => score(document) !== undefined, served: { index, search } };
}
