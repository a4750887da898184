import { stringOf } from '../../bson/access.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, type Value } from '../../bson/value.ts';
import { badValue, CommandError, location } from '../errors.ts';
import type { NearQuery } from './near.ts';
import { coordinate } from './points.ts';

/** A geo field of an index. */
export interface GeoIndex {
  path: string;
  kind: '2d' | '2dsphere';
  /** The bounds of a 2d index on both axes. */
  min: number;
  max: number;
}

/** The geo fields of a collection's indexes, from the specifications as listIndexes shows them. */
export function geoIndexesOf(specifications: readonly Value[]): GeoIndex[] {
  return specifications.flatMap((specification) => {
    const key = field(specification, 'key');
    const found: GeoIndex[] = [];
    for (const { name, value } of key ? elements(key) : []) {
      const kind = value.type === BsonType.string ? stringOf(value) : '';
      if (kind !== '2d' && kind !== '2dsphere') continue;
      const min = coordinate(field(specification, 'min')) ?? -180;
      const max = coordinate(field(specification, 'max')) ?? 180;
      found.push({ path: name, kind, min, max });
    }
    return found;
  });
}

/** Whether an index of this kind serves a near query: of the sphere for distances on it, of the plane for legacy points. */
export function isServed({ spherical, geoJson }: NearQuery, kind: string): boolean {
  return kind === '2dsphere' ? spherical : kind === '2d' && !geoJson;
}

/**
 * The index that serves a near query on a path: mongod has no other way to answer one. Throws 2 if there is none, 16433 if the point is
 * out of the bounds of a 2d index.
 */
export function indexForNear(near: NearQuery, path: string, indexes: readonly GeoIndex[]): GeoIndex {
  const index = indexes.find((each) => each.path === path && isServed(near, each.kind));
  if (index === undefined) {
    throw badValue('error processing query: planner returned error: unable to find index for $geoNear query');
  }
  const { x, y } = near.point;
  const inside = (value: number) => value >= index.min && value <= index.max;
  if (index.kind === '2d' && !(inside(x) && inside(y))) {
    throw location(
      16433,
      `point not in interval of [ ${index.min}, ${index.max} ] :: caused by :: { 0: ${x}, 1: ${y} }`,
    );
  }
  return index;
}

/** The index that a geoNear command takes: the only 2d index, else the only 2dsphere index. Throws without a code, as mongod 3.4 does. */
export function indexForGeoNear(indexes: readonly GeoIndex[]): GeoIndex {
  for (const kind of ['2d', '2dsphere'] as const) {
    const [first, ...others] = indexes.filter((index) => index.kind === kind);
    if (others.length > 0) {
      throw new CommandError(
        undefined,
        undefined,
        `more than one ${kind} index, not sure which to run geoNear on`,
      );
    }
    if (first) return first;
  }
  throw new CommandError(undefined, undefined, 'no geo indices for geoNear');
}
