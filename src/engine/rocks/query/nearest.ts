import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { nearnessOf } from '../../../query/geo/distance.ts';
import { addMetadata } from '../../../query/metadata.ts';
import type { CompiledNear } from './match-hooks.ts';

/** The documents of a $near, nearest first; those without a place within its distances are left out. */
export async function* nearest(documents: Batches, near: CompiledNear): Batches {
  const measure = nearnessOf(near, near.path);
  const found: { distance: number; document: Value }[] = [];
  for await (const batch of documents) {
    for (const document of batch) {
      const measured = measure(document);
      if (measured === undefined) continue;
      addMetadata(document, { geoNearDistance: measured.distance, geoNearPoint: measured.point });
      found.push({ distance: measured.distance, document });
    }
  }
  found.sort((a, b) => a.distance - b.distance);
  if (found.length > 0) yield found.map(({ document }) => document);
}
