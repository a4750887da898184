import { elements, type Value } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
import { geoIndexesOf, indexForNear } from '../../../query/geo/near-index.ts';
import { hasNode, nodesOf, type MatchNode } from '../../../query/match/tree.ts';
import type { Projection } from '../../../query/projection/projection.ts';
import type { Collection } from '../catalog/collection.ts';
import type { CompiledQuery } from './compiled-query.ts';
import type { FindOptions } from './find-options.ts';
import { hintedIndex, naturalDirection } from './hinted-plan.ts';

/** mongod's rules for which parts of a query go together. Throws BadValue. */
export function checkQueryRules(query: CompiledQuery, { sort, hint, tailable, snapshot }: FindOptions): void {
  const { filter, text, near } = query;
  const nodes = [...nodesOf(filter)];
  if (nodes.filter(({ kind }) => kind === 'text').length > 1) throw badValue('Too many text expressions');
  if (nodes.filter(({ kind }) => kind === 'near').length > 1) throw badValue('Too many geoNear expressions');
  if (nodes.some((node) => node.kind === 'nor' && hasNode(node, 'text'))) {
    throw badValue('text expression not allowed in nor');
  }
  if (near) checkNearPlace(filter);
  if (text && near) throw badValue('text and geoNear not allowed in same query');
  const natural = naturalDirection(sort) ?? naturalDirection(hint);
  if (near && natural) throw badValue('geoNear expression not allowed with $natural sort order');
  if (near && snapshot) throw badValue('geoNear expression not allowed with $snapshot');
  if (text && naturalDirection(sort)) throw badValue('text expression not allowed with $natural sort order');
  if (text && hint) throw badValue('text and hint not allowed in same query');
  if (text && snapshot) throw badValue('text and snapshot not allowed in same query');
  if (text && tailable) throw badValue('text and tailable cursor not allowed in same query');
}

function checkNearPlace(filter: MatchNode): void {
  const top = filter.kind === 'and' ? filter.children : [filter];
  if (!top.some(({ kind }) => kind === 'near')) throw badValue('geoNear must be top-level expr');
}

/** The rules of a $near for commands other than find: at the top of the filter, and with an index. Throws as those do. */
export function checkNear(query: CompiledQuery, collection: Collection | undefined): void {
  if (query.near) checkNearPlace(query.filter);
  checkNearIndex(query, collection);
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

/** A sort by $meta needs the same $meta in the projection, under the same name. Throws BadValue. */
export function checkMetaSort(sort: Value | undefined, projection: Projection | undefined): void {
  if (sort === undefined) return;
  for (const { name, value } of elements(sort)) {
    if (!value.isDocument()) continue;
    const given = projection?.spec.fields.some((field) => field.kind === 'meta' && field.path === name);
    if (given !== true) throw badValue('must have $meta projection for all $meta sort keys');
  }
}
