import { stringOf } from '../../bson/access.ts';
import { BsonType } from '../../bson/types.ts';
import { field, items, type Value } from '../../bson/value.ts';
import { parsePolygon } from './polygon.ts';
import { parsePoint, parsePositions } from './positions.ts';
import type { LineShape, SphereShape } from './shape.ts';

/** The `crs` names that mongod knows; the last one keeps the order of a polygon's points. */
const sphereNames = ['urn:ogc:def:crs:OGC:1.3:CRS84', 'EPSG:4326'];
const strictName = 'urn:x-mongodb:crs:strictwinding:EPSG:4326';

const simpleTypes: Record<string, (coordinates: Value | undefined, strict: boolean) => SphereShape | string> =
  {
    Point: parsePoint,
    LineString: parseLine,
    Polygon: parsePolygon,
  };

const multiTypes: Record<string, string> = {
  MultiPoint: 'Point',
  MultiLineString: 'LineString',
  MultiPolygon: 'Polygon',
};

/** The `type` of a GeoJSON object if it is one that mongod knows. */
export function geoJsonType(value: Value): string | undefined {
  const type = value.isDocument() ? field(value, 'type') : undefined;
  if (type?.type !== BsonType.string) return undefined;
  const name = stringOf(type);
  const known = Object.hasOwn(simpleTypes, name) || Object.hasOwn(multiTypes, name);
  return known || name === 'GeometryCollection' ? name : undefined;
}

/** A GeoJSON object as a shape, or the reason why it is none. */
export function parseGeoJson(value: Value): SphereShape | string {
  const type = geoJsonType(value);
  if (type === undefined) return 'unknown GeoJSON type';
  const strict = isStrict(field(value, 'crs'));
  if (typeof strict === 'string') return strict;
  if (strict && type !== 'Polygon') return `strict winding order is only supported by polygon`;
  const coordinates = field(value, 'coordinates');
  const simple = Object.hasOwn(simpleTypes, type) ? simpleTypes[type] : undefined;
  if (simple) return simple(coordinates, strict);
  return type === 'GeometryCollection'
    ? parseCollection(field(value, 'geometries'))
    : parseMulti(type, coordinates);
}

function isStrict(crs: Value | undefined): boolean | string {
  if (crs === undefined) return false;
  const kind = crs.isDocument() ? field(crs, 'type') : undefined;
  if (kind?.type !== BsonType.string || stringOf(kind) !== 'name') {
    return 'GeoJSON CRS must have field "type": "name"';
  }
  const properties = crs.isDocument() ? field(crs, 'properties') : undefined;
  const name = properties?.isDocument() ? field(properties, 'name') : undefined;
  if (name?.type !== BsonType.string)
    return 'GeoJSON CRS must have field "properties.name" which is a string';
  const text = stringOf(name);
  if (text === strictName) return true;
  return sphereNames.includes(text) ? false : `Unknown CRS name: ${text}`;
}

function parseCollection(geometries: Value | undefined): SphereShape | string {
  if (!geometries?.isArray()) return 'GeometryCollection geometries must be an array';
  const parts: SphereShape[] = [];
  for (const geometry of items(geometries)) {
    if (!geometry.isDocument()) return 'Element of "geometries" is not an object';
    if (geoJsonType(geometry) === 'GeometryCollection') return 'GeometryCollections cannot be nested';
    const part = parseGeoJson(geometry);
    if (typeof part === 'string') return part;
    parts.push(part);
  }
  return parts.length > 0
    ? { kind: 'collection', parts }
    : 'GeometryCollection geometries must have at least 1 element';
}

function parseMulti(type: string, coordinates: Value | undefined): SphereShape | string {
  const parse = simpleTypes[multiTypes[type] ?? ''];
  if (!coordinates?.isArray() || parse === undefined) return `${type} coordinates must be an array`;
  const parts: SphereShape[] = [];
  for (const item of items(coordinates)) {
    if (!item.isArray()) return 'GeoJSON coordinates must be an array';
    const part = parse(item, false);
    if (typeof part === 'string') return part;
    parts.push(part);
  }
  return parts.length > 0
    ? { kind: 'collection', parts }
    : `${type} coordinates must have at least 1 element`;
}

function parseLine(coordinates: Value | undefined): LineShape | string {
  const vertices = parsePositions(coordinates);
  if (typeof vertices === 'string') return vertices;
  return vertices.length < 2
    ? 'GeoJSON LineString must have at least 2 vertices'
    : { kind: 'line', vertices };
}
