import { isNumberType } from '../../../bson/types.ts';
import { elements, field, type Value } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
import { geoIndexesOf, indexForNear } from '../../../query/geo/near-index.ts';
import { castToInt } from '../../../query/match/cast.ts';
import { hasNode, nodesOf, type MatchNode } from '../../../query/match/tree.ts';
import type { Projection } from '../../../query/projection/projection.ts';
import type { Collection } from '../catalog/collection.ts';
import type { CompiledQuery } from './compiled-query.ts';
import type { FindOptions } from './find-options.ts';
import { hintedIndex, naturalDirection } from './hinted-plan.ts';

/** The options that a query's parts may not go with; commands other than find have few of them. */
type RuledOptions = Partial<Pick<FindOptions, 'sort' | 'hint' | 'tailable' | 'snapshot'>>;

/** mongod's rules for which parts of a query go together, whatever the command. Throws BadValue. */
export function checkQueryRules(
  query: CompiledQuery,
  { sort, hint, tailable, snapshot }: RuledOptions,
): void {
  const { filter, text, near } = query;
  const nodes = [...nodesOf(filter)];
  if (nodes.filter(({ kind }) => kind === 'text').length > 1) throw badValue('Too many text expressions');
  if (nodes.filter(({ kind }) => kind === 'near').length > 1) throw badValue('Too many geoNear expressions');
  if (nodes.some((node) => node.kind === 'nor' && hasNode(node, 'text'))) {
    throw badValue('text expression not allowed in nor');
  }
  if (near) checkNearPlace(filter);
  if (text && near) throw badValue('text and geoNear not allowed in same query');
  if (near && naturalDirection(sort)) {
    throw badValue('geoNear expression not allowed with $natural sort order');
  }
  if (near && naturalDirection(hint)) throw badValue('geoNear expression not allowed with $natural hint');
  if (near && snapshot) throw badValue('geoNear expression not allowed with $snapshot');
  if (text && naturalDirection(sort)) throw badValue('text expression not allowed with $natural sort order');
  if (text && hint) throw badValue('text and hint not allowed in same query');
  if (text && snapshot) throw badValue('text and snapshot not allowed in same query');
  if (text && tailable) throw badValue('text and tailable cursor not allowed in same query');
  checkNaturalSort(sort, hint);
}

/** A sort by `$natural` with a hint: only one of the same direction. Throws BadValue. */
function checkNaturalSort(sort: Value | undefined, hint: Value | undefined): void {
  if (hint === undefined || naturalDirection(sort) === undefined) return;
  const hinted = hint.isDocument() ? field(hint, '$natural') : undefined;
  if (hinted === undefined) throw badValue('index hint not allowed with $natural sort order');
  const sorted = sort && field(sort, '$natural');
  if (sorted === undefined || truncatedInt(hinted) === truncatedInt(sorted)) return;
  throw badValue('$natural hint must be in the same direction as $natural sort order');
}

function truncatedInt(value: Value): bigint {
  return isNumberType(value.type) ? castToInt(value) : 0n;
}

function checkNearPlace(filter: MatchNode): void {
  const top = filter.kind === 'and' ? filter.children : [filter];
  if (!top.some(({ kind }) => kind === 'near')) throw badValue('geoNear must be top-level expr');
}

/**
 * A $near needs an index of its kind on the path, and a hint must not name another one. Throws BadValue, or 16433 for a
 * point outside a 2d index.
 */
export function checkNearIndex(
  { near }: CompiledQuery,
  collection: Collection | undefined,
  hint?: Value,
): void {
  if (near === undefined || collection === undefined) return;
  const indexes = hint === undefined ? collection.indexes : [hintedIndex(collection, hint)];
  indexForNear(near, near.path, geoIndexesOf(indexes.map(({ spec }) => spec)));
}

/** A sort by $meta needs the same $meta in the projection, under the same name, and the other way round. Throws BadValue. */
export function checkMetaSort(sort: Value | undefined, projection: Projection | undefined): void {
  if (sort === undefined) return;
  const scores = new Set(
    projection?.spec.fields.flatMap((each) =>
      each.kind === 'meta' && each.meta === 'textScore' ? [each.path] : [],
    ),
  );
  for (const { name, value } of elements(sort)) {
    if (value.isDocument() === scores.has(name)) continue;
    throw badValue(
      scores.has(name)
        ? "can't have a non-$meta sort on a $meta projection"
        : 'must have $meta projection for all $meta sort keys',
    );
  }
}
