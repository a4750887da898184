import { boolOf } from '../../bson/access.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { toLongClamped } from '../../bson/numbers.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { field, type Value } from '../../bson/value.ts';
import { CommandError, location } from '../errors.ts';
import { parseNear, queryPoint, type NearQuery } from './near.ts';
import { indexForGeoNear, indexForNear, type GeoIndex } from './near-index.ts';
import { coordinate } from './points.ts';

/** A geoNear command, or the $geoNear stage, which mongod 3.4 runs as that command. */
export interface GeoNear {
  near: NearQuery;
  path: string;
  /** The filter of the documents; undefined takes all. */
  query: Value | undefined;
  limit: number;
  multiplier: number;
}

export interface GeoNearResult {
  document: Value;
  /** Multiplied. */
  distance: number;
  /** The point of the document that the distance is to. */
  point: Value;
}

/** Parses the options of a geoNear command for a collection with these indexes. Throws CommandError. */
export function parseGeoNear(options: Value, indexes: readonly GeoIndex[]): GeoNear {
  const index = indexForGeoNear(indexes);
  const point = field(options, 'near');
  if (point === undefined || queryPoint(point) === undefined) {
    throw location(17304, "'near' field must be point");
  }
  const spherical = truth(field(options, 'spherical'));
  if (index.kind === '2dsphere' && !spherical) {
    throw location(17301, '2dsphere index must have spherical: true');
  }
  const builder = new DocumentBuilder().append(spherical ? '$nearSphere' : '$near', point);
  const maxDistance = field(options, 'maxDistance');
  if (maxDistance !== undefined) {
    builder.double('$maxDistance', number(maxDistance, 17299, 'maxDistance must be a number'));
  }
  const minDistance = field(options, 'minDistance');
  if (minDistance !== undefined) {
    if (index.kind === '2d') throw location(17298, "minDistance doesn't work on 2d index");
    builder.double('$minDistance', number(minDistance, 17300, 'minDistance must be a number'));
  }
  const near = parseNear(builder.finish());
  const query = field(options, 'query');
  const parsed: GeoNear = {
    near,
    path: index.path,
    query: query?.type === BsonType.object ? query : undefined,
    limit: limitOf(options),
    multiplier: multiplierOf(field(options, 'distanceMultiplier')),
  };
  checkServed(near, index);
  return parsed;
}

function checkServed(near: NearQuery, index: GeoIndex): void {
  try {
    indexForNear(near, index.path, [index]);
  } catch (error) {
    if (error instanceof CommandError && error.code === 2) {
      throw new CommandError(undefined, undefined, "can't get query executor");
    }
    throw error;
  }
}

function limitOf(options: Value): number {
  const given = field(options, 'num') ?? field(options, 'limit');
  if (given === undefined) return 100;
  if (!isNumberType(given.type)) throw location(17303, 'limit must be number');
  const limit = Number(toLongClamped(given));
  if (limit < 0) throw location(17302, 'limit must be >=0');
  // mongod looks at the limit only after it has put out a document.
  return Math.max(limit, 1);
}

function multiplierOf(given: Value | undefined): number {
  if (given === undefined) return 1;
  const multiplier = number(given, 17296, 'distanceMultiplier must be a number');
  if (multiplier < 0) throw location(17297, 'distanceMultiplier must be non-negative');
  return multiplier;
}

function number(value: Value, code: number, message: string): number {
  const given = coordinate(value);
  if (given === undefined) throw location(code, message);
  return given;
}

/** Whether an option counts as given. */
export function truth(value: Value | undefined): boolean {
  if (value === undefined || value.type === BsonType.null || value.type === BsonType.undefined) return false;
  if (value.type === BsonType.bool) return boolOf(value);
  return !isNumberType(value.type) || coordinate(value) !== 0;
}
