import { BsonType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';

/**
 * Whether a value is a document of operators such as {$gt: 1}, told by its first field. A database reference
 * ({$ref, $id}) is a value; with `partialReference` one of its fields suffices for that.
 */
export function isExpressionDocument(value: Value, partialReference: boolean): boolean {
  if (value.type !== BsonType.object) return false;
  const names = [...elements(value)].map(({ name }) => name);
  if (!names[0]?.startsWith('$')) return false;
  const hasReference = names.includes('$ref');
  const hasId = names.includes('$id');
  return partialReference ? !(hasReference || hasId || names.includes('$db')) : !(hasReference && hasId);
}
