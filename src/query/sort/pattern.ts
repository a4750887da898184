import { stringOf } from '../../bson/access.ts';
import { toLongClamped } from '../../bson/numbers.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, field, type Value } from '../../bson/value.ts';
import { badValue } from '../errors.ts';

/** One field of a sort: a path with its direction, or the text score (descending). */
export type SortField =
  | { readonly path: string; readonly direction: 1 | -1; readonly meta?: undefined }
  | { readonly path: string; readonly direction: -1; readonly meta: 'textScore' };

/**
 * Parses find's sort document; `{$natural: 1}` is a path here, the planner takes it apart. Throws CommandError (BadValue) as mongod 3.4 does.
 */
export function parseSort(sort: Value): SortField[] {
  return [...elements(sort)].map(({ name, value }) => {
    if (isTextScore(value)) return { path: name, direction: -1, meta: 'textScore' };
    const direction = isNumberType(value.type) ? toLongClamped(value) : 0n;
    if (name === '' || (direction !== 1n && direction !== -1n)) throw badValue('bad sort specification');
    return { path: name, direction: direction === 1n ? 1 : -1 };
  });
}

/**
 * Checks that every sort by text score has a projection of the same name, as mongod 3.4 demands. Throws CommandError (BadValue).
 */
export function checkMetaSort(fields: readonly SortField[], projection: Value | undefined): void {
  for (const { path, meta } of fields) {
    const projected = meta && projection && field(projection, path);
    if (meta !== undefined && !(projected && isTextScore(projected))) {
      throw badValue('must have $meta projection for all $meta sort keys');
    }
  }
}

function isTextScore(value: Value): boolean {
  if (value.type !== BsonType.object) return false;
  const [only, second] = [...elements(value)];
  return (
    second === undefined &&
    only?.name === '$meta' &&
    only.value.type === BsonType.string &&
    stringOf(only.value) === 'textScore'
  );
}
