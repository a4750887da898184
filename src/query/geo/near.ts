import { elements, field, items, type Value } from '../../bson/value.ts';
import { badValue, location } from '../errors.ts';
import { geoJsonType, parseGeoJson } from './geojson.ts';
import { coordinate, isLegacy, parsePair } from './points.ts';
import { onGlobe, type Point } from './shape.ts';
import { earthRadiusMetres } from './vector.ts';

/** A parsed `$near`, `$nearSphere` or `$geoNear` of a filter. */
export interface NearQuery {
  point: Point;
  /** Distances are on the sphere, else in the plane. */
  spherical: boolean;
  /** Units of the distances for one radian (spherical) or one unit of the plane. */
  scale: number;
  /** The point is GeoJSON: only a 2dsphere index serves it. */
  geoJson: boolean;
  minDistance: number;
  maxDistance: number;
}

const operators = ['$near', '$nearSphere', '$geoNear'];

/**
 * Parses the document of operators that holds the near operator, such as `{$near: [1, 2], $maxDistance: 5}` or
 * `{$near: {$geometry: ..., $maxDistance: 5}}`. Throws CommandError.
 */
export function parseNear(operand: Value): NearQuery {
  return parseWithSiblings(operand) ?? parseGeometry(operand);
}

/** The point itself with $minDistance and $maxDistance beside the operator. Undefined if it is not of this form. */
function parseWithSiblings(operand: Value): NearQuery | undefined {
  let center: { point: Point; geoJson: boolean } | undefined;
  let sphere = false;
  let minDistance = 0;
  let maxDistance = Infinity;
  for (const { name, value } of elements(operand)) {
    if (operators.includes(name)) {
      if (!value.isDocument() && !value.isArray()) return undefined;
      center = queryPoint(value) ?? pointWithDistance(value);
      if (center && !center.geoJson) {
        const third = coordinate([...items(value)][2]);
        if (third !== undefined) maxDistance = third;
        if (!(maxDistance >= 0)) throw location(18522, 'max distance must be non-negative');
      }
      sphere = name === '$nearSphere';
    } else if (name === '$minDistance') minDistance = distance(name, value, 16893);
    else if (name === '$maxDistance') maxDistance = distance(name, value, 16895);
    else if (name !== '$uniqueDocs') throw location(34413, `invalid argument in geo near query: ${name}`);
  }
  if (center === undefined) return undefined;
  if (sphere && !onGlobe(center.point)) {
    throw location(17444, 'Legacy point is out of bounds for spherical query');
  }
  const { point, geoJson } = center;
  const spherical = sphere || geoJson;
  return { point, spherical, geoJson, scale: geoJson ? earthRadiusMetres : 1, minDistance, maxDistance };
}

/** The point in $geometry, with the distances inside. */
function parseGeometry(operand: Value): NearQuery {
  const [operator, extra] = elements(operand);
  if (operator === undefined) throw badValue('empty geo near query object');
  if (extra !== undefined) {
    throw badValue(
      `geo near accepts just one argument when querying for a GeoJSON point. Extra field found: ${extra.name}`,
    );
  }
  const { name, value } = operator;
  if (!value.isDocument() && !value.isArray()) throw badValue('geo near query argument is not an object');
  if (!operators.includes(name)) throw badValue(`invalid geo near query operator: ${name}`);
  let point: Point | undefined;
  let minDistance = 0;
  let maxDistance = Infinity;
  for (const element of elements(value)) {
    if (element.name === '$geometry') point = geometryPoint(element.value);
    else if (element.name === '$minDistance') minDistance = distance(element.name, element.value, 16897);
    else if (element.name === '$maxDistance') maxDistance = distance(element.name, element.value, 16899);
    else throw badValue(`invalid argument in geo near query: ${element.name}`);
  }
  if (point === undefined) throw badValue('$geometry is required for geo near query');
  return { point, spherical: true, geoJson: true, scale: earthRadiusMetres, minDistance, maxDistance };
}

function geometryPoint(value: Value): Point {
  if (!value.isDocument() && !value.isArray()) {
    throw badValue('invalid point in geo near query $geometry argument');
  }
  const parsed = queryPoint(value);
  if (parsed?.geoJson === true) return parsed.point;
  if (parsed) throw location(16681, '$near requires geojson point');
  const shape = field(value, 'coordinates') ? parseGeoJson(value) : 'Point must be an array or object';
  const reason = typeof shape === 'string' ? shape : 'it is no point';
  throw badValue(`invalid point in geo near query $geometry argument: ${reason}`);
}

/** A legacy pair or a GeoJSON point in a query; undefined if it is neither. */
export function queryPoint(value: Value): { point: Point; geoJson: boolean } | undefined {
  if (!value.isDocument() && !value.isArray()) return undefined;
  if (isLegacy(value)) {
    const point = parsePair(value, true);
    return typeof point === 'string' ? undefined : { point, geoJson: false };
  }
  if (geoJsonType(value) !== 'Point') return undefined;
  const shape = parseGeoJson(value);
  return typeof shape !== 'string' && shape.kind === 'point'
    ? { point: shape.point, geoJson: true }
    : undefined;
}

/** A point with its greatest distance as a third number, which only $near takes. */
function pointWithDistance(value: Value): { point: Point; geoJson: boolean } | undefined {
  const numbers = [...items(value)].map(coordinate);
  const [x, y, third] = numbers;
  if (numbers.length !== 3 || x === undefined || y === undefined || third === undefined) return undefined;
  return { point: { x, y }, geoJson: false };
}

function distance(name: string, value: Value, code: number): number {
  const given = coordinate(value);
  if (given === undefined) throw location(code, `${name} must be a number`);
  if (!(given >= 0)) throw location(code + 1, `${name} must be non-negative`);
  return given;
}
