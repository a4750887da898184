import { elements, items, type Value } from '../../bson/value.ts';
import { badValue } from '../errors.ts';
import { parseGeoJson } from './geojson.ts';
import { coordinate, isLegacy, parsePair } from './points.ts';
import { contains, intersects } from './predicates.ts';
import { onGlobe, type Point, type QueryShape, type SphereShape } from './shape.ts';
import { storedShape } from './stored.ts';
import { vectorOf } from './vector.ts';

/** Decides about one stored value, and tells the shape by which it does, for the planner. */
export interface GeoPredicate {
  matches(value: Value): boolean;
  readonly shape: QueryShape;
}

/** The operand of `$geoWithin` or `$within`. Throws CommandError. */
export function parseGeoWithin(operand: Value): GeoPredicate {
  const shape = queryShape(operand);
  if (!canContain(shape)) throw badValue('$within not supported with provided geometry');
  const matches = (value: Value): boolean => {
    const stored = storedShape(value);
    return stored !== undefined && contains(shape, stored);
  };
  return { matches, shape };
}

/** The operand of `$geoIntersects`. Throws CommandError. */
export function parseGeoIntersects(operand: Value): GeoPredicate {
  const shape = queryShape(operand);
  if (!onlyOnSphere(shape)) throw badValue('$geoIntersect not supported with provided geometry');
  const matches = (value: Value): boolean => {
    const stored = storedShape(value);
    return stored !== undefined && intersects(shape, stored);
  };
  return { matches, shape };
}

function canContain(shape: QueryShape): boolean {
  switch (shape.kind) {
    case 'point':
    case 'line':
      return false;
    case 'collection':
      return shape.parts.some(canContain);
    default:
      return true;
  }
}

function onlyOnSphere(shape: QueryShape): shape is SphereShape {
  if (shape.kind === 'collection') return shape.parts.every(onlyOnSphere);
  return (
    shape.kind === 'polygon' || shape.kind === 'line' || (shape.kind === 'point' && onGlobe(shape.point))
  );
}

const specifiers: Record<string, (operand: Value) => QueryShape> = {
  $geometry: geometry,
  $box: box,
  $center: circle,
  $centerSphere: cap,
  $polygon: polygon,
};

/** The shape that the operand names: the last one, though all have to be right. */
function queryShape(operand: Value): QueryShape {
  if (!operand.isDocument()) throw badValue('geometry must be an object');
  let shape: QueryShape | undefined;
  for (const { name, value } of elements(operand)) {
    if (name === '$uniqueDocs') continue;
    const parse = Object.hasOwn(specifiers, name) ? specifiers[name] : undefined;
    if (parse === undefined || !(value.isDocument() || value.isArray())) {
      throw badValue(`unknown geo specifier: ${name}`);
    }
    shape = parse(value);
  }
  if (shape === undefined) throw badValue("geo query doesn't have any geometry");
  return shape;
}

function geometry(operand: Value): QueryShape {
  if (isLegacy(operand)) return { kind: 'point', point: pair(operand), flat: true };
  const shape = parseGeoJson(operand);
  if (typeof shape === 'string') throw badValue(shape);
  return shape;
}

function pair(value: Value | undefined): Point {
  const point = parsePair(value, true);
  if (typeof point === 'string') throw badValue(point);
  return point;
}

function box(operand: Value): QueryShape {
  const [first, second] = items(operand);
  const a = pair(first);
  const b = pair(second);
  return {
    kind: 'box',
    min: { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y) },
    max: { x: Math.max(a.x, b.x), y: Math.max(a.y, b.y) },
  };
}

function polygon(operand: Value): QueryShape {
  const points = [...items(operand)].map(pair);
  if (points.length < 3) throw badValue('Polygon must have at least 3 points');
  return { kind: 'flatPolygon', points };
}

function centered(operand: Value): { center: Point; radius: number } {
  const [at, size, third] = items(operand);
  const center = pair(at);
  const radius = coordinate(size);
  if (radius === undefined || !(radius >= 0)) throw badValue('radius must be a non-negative number');
  if (third !== undefined) throw badValue('Only 2 fields allowed for circular region');
  return { center, radius };
}

function circle(operand: Value): QueryShape {
  return { kind: 'circle', ...centered(operand) };
}

function cap(operand: Value): QueryShape {
  const { center, radius } = centered(operand);
  if (!onGlobe(center)) throw badValue('Spherical circle would require (unimplemented) splitting');
  return { kind: 'cap', center: vectorOf(center.x, center.y), radius };
}
