import { BsonType } from '../../bson/types.ts';
import { items, type Value } from '../../bson/value.ts';
import { parseGeoJson } from './geojson.ts';
import { coordinate, isLegacy, parsePair } from './points.ts';
import type { SphereShape } from './shape.ts';

/** A stored value as a shape: a legacy pair, or else GeoJSON. Undefined if it is neither. */
export function storedShape(value: Value): SphereShape | undefined {
  if (value.type !== BsonType.object && value.type !== BsonType.array) return undefined;
  if (isLegacy(value)) {
    const point = parsePair(value);
    return typeof point === 'string' ? undefined : { kind: 'point', point, flat: true };
  }
  const shape = parseGeoJson(value);
  return typeof shape === 'string' ? undefined : shape;
}

/** All shapes that a field holds, for distances: one, or an array of them. `value` is kept for `$meta: 'geoNearPoint'`. */
export function* storedShapes(value: Value): Generator<{ shape: SphereShape; value: Value }> {
  if (value.isArray()) {
    const [first] = items(value);
    if (coordinate(first) === undefined) {
      for (const item of items(value)) yield* storedShapes(item);
      return;
    }
  }
  const shape = storedShape(value);
  if (shape) yield { shape, value };
}
