import type { Collator } from '../../../bson/compare.ts';
import type { Value } from '../../../bson/value.ts';
import { parseCollation } from '../../../query/collation.ts';
import type { Collection } from '../catalog/collection.ts';

/** The collator in force: the command's, else the collection's default; undefined compares bytes. Throws CommandError. */
export function resolveCollator(
  given: Value | undefined,
  collection: Collection | undefined,
): Collator | undefined {
  const document = given && given.end - given.start > 5 ? given : collection?.collation;
  return document && parseCollation(document);
}
