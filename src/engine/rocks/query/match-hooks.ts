import { boolOf, stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import { parseNear } from '../../../query/geo/near.ts';
import { parseGeoIntersects, parseGeoWithin } from '../../../query/geo/within.ts';
import type { MatchHooks, NearQuery, TextQuery } from '../../../query/match/hooks.ts';
import { isTextIndex, textIndexOf } from '../../../query/text/text-index.ts';
import { compileTextSearch } from '../../../query/text/text-search.ts';
import type { Collection } from '../catalog/collection.ts';
import type { NearQuery as NearPoint } from '../../../query/geo/near.ts';

/** A $near of a filter, with what the engine needs to run it. */
export interface CompiledNear extends NearQuery {
  readonly near: NearPoint;
}

/** A $text of a filter, with the score that it gives. */
export interface CompiledText extends TextQuery {
  score(document: Value): number | undefined;
}

/** The parts of a filter that depend on a collection's indexes. */
export function matchHooks(collection: Collection | undefined): MatchHooks {
  return {
    parseGeo: (_path, { name, value }) => ({
      matches: name === '$geoIntersects' ? parseGeoIntersects(value) : parseGeoWithin(value),
    }),
    parseNear: (path, operators): CompiledNear => ({ path, near: parseNear(operators) }),
    parseText: (text) => compileText(text, collection),
  };
}

function compileText(text: Value, collection: Collection | undefined): CompiledText {
  const search = field(text, '$search');
  if (search?.type !== BsonType.string) {
    throw new CommandError(9, 'FailedToParse', '$search requires a string value');
  }
  const index = collection?.indexes.find(({ spec }) => isTextIndex(spec));
  if (index === undefined) {
    throw new CommandError(27, 'IndexNotFound', 'text index required for $text query');
  }
  const language = field(text, '$language');
  const compiled = compileTextSearch(
    {
      search: stringOf(search),
      language: language?.type === BsonType.string ? stringOf(language) : undefined,
      caseSensitive: flag(text, '$caseSensitive'),
      diacriticSensitive: flag(text, '$diacriticSensitive'),
    },
    textIndexOf(index.spec),
  );
  return {
    score: (document) => compiled.score(document),
    matches: (document) => compiled.score(document) !== undefined,
  };
}

function flag(document: Value, name: string): boolean {
  const value = field(document, name);
  return value?.type === BsonType.bool && boolOf(value);
}
