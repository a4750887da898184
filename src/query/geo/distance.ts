import { field, items, type Value } from '../../bson/value.ts';
import type { NearQuery } from './near.ts';
import { planeDistance, sphereDistance } from './predicates.ts';
import { storedShapes } from './stored.ts';
import { vectorOf } from './vector.ts';

/** How far a document is from the point of a query, and its place that is nearest. */
export interface Nearness {
  distance: number;
  point: Value;
}

/**
 * Measures documents against a near query on a dotted path: the nearest of all places that the document holds there, or undefined
 * if it holds none or that one is not within the distances asked for.
 */
export function nearnessOf(near: NearQuery, path: string): (document: Value) => Nearness | undefined {
  const steps = path.split('.');
  const from = vectorOf(near.point.x, near.point.y);
  return (document) => {
    let nearest: Nearness | undefined;
    for (const held of valuesAt(document, steps, 0)) {
      for (const { shape, value } of storedShapes(held)) {
        const measured = near.spherical ? sphereDistance(from, shape) : planeDistance(near.point, shape);
        if (measured === undefined) continue;
        const distance = measured * near.scale;
        if (nearest === undefined || distance < nearest.distance) nearest = { distance, point: value };
      }
    }
    // Only the nearest place counts: one that is too near is not made up for by another further off.
    if (nearest === undefined) return undefined;
    return nearest.distance < near.minDistance || nearest.distance > near.maxDistance ? undefined : nearest;
  };
}

/** The values at a dotted path, through arrays of documents; arrays at its end are not opened. */
function* valuesAt(value: Value, steps: string[], at: number): Generator<Value> {
  const step = steps[at];
  if (step === undefined) yield value;
  else if (value.isDocument()) {
    const next = field(value, step);
    if (next) yield* valuesAt(next, steps, at + 1);
  } else if (value.isArray()) {
    const next = /^\d+$/.test(step) ? field(value, step) : undefined;
    if (next) yield* valuesAt(next, steps, at + 1);
    for (const item of items(value)) if (item.isDocument()) yield* valuesAt(item, steps, at);
  }
}
