import { numberOf } from '../../../bson/access.ts';
import { longValue, nullValue, stringValue, undefinedValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, items, type Value } from '../../../bson/value.ts';
import { textOf, type CellId } from '../../../query/geo/s2/cell-id.ts';
import {
  indexedCells,
  roundedCells,
  sphereIndexOptions,
  type SphereIndexOptions,
} from '../../../query/geo/s2/indexed-cells.ts';
import { storedShape } from '../../../query/geo/stored.ts';
import type { IndexField } from '../catalog/collection.ts';
import { elementsAlong } from './elements-along.ts';

/** A document that the server refuses to put into a geo index. */
export class NotIndexable extends Error {
  override readonly name = 'NotIndexable';
}

type CellsOf = typeof indexedCells;

/** The keys that a document has if points that lie on the edge of a cell, to the last bit, count as in the cells beside it too. */
export function roundedKeys(
  document: Value,
  fields: readonly IndexField[],
  options: SphereIndexOptions,
): Value[][] {
  return sphereKeys(document, fields, options, (shape) =>
    shape.kind === 'point' ? roundedCells(shape, options) : indexedCells(shape, options),
  );
}

/** The options of a 2dsphere index from its specification. */
export function sphereOptionsOf(spec: Value): SphereIndexOptions {
  const option = (name: string): number | undefined => numberOf(field(spec, name));
  return sphereIndexOptions({
    version: option('2dsphereIndexVersion'),
    coarsest: option('coarsestIndexedLevel'),
    finest: option('finestIndexedLevel'),
    cells: option('maxCellsInCovering'),
  });
}

/** The value by which an index names a cell. */
export function cellValue(id: CellId, version: number): Value {
  return version >= 3 ? longValue(BigInt.asIntN(64, id)) : stringValue(textOf(id));
}

/**
 * The values of each key that a document has in a 2dsphere index: every cell of every geo field with every value of the other fields. From
 * version 2 on a document without any geo field has none. Throws NotIndexable.
 */
export function sphereKeys(
  document: Value,
  fields: readonly IndexField[],
  options: SphereIndexOptions,
  cells: CellsOf = indexedCells,
): Value[][] {
  let hasShape = options.version < 2;
  let keys: Value[][] = [[]];
  for (const { path, kind } of fields) {
    let found = elementsAlong(document, path, false);
    if (kind === '2dsphere') {
      if (options.version >= 2 && found.length === 1 && found.every(isNothing)) found = [];
      hasShape ||= found.length > 0;
    }
    const values = kind === '2dsphere' ? cellsOf(found, options, cells) : literals(found);
    keys = keys.flatMap((key) => values.map((value) => [...key, value]));
  }
  return hasShape ? keys : [];
}

function isNothing(value: Value): boolean {
  if (value.type === BsonType.null || value.type === BsonType.undefined) return true;
  return (value.isDocument() || value.isArray()) && [...items(value)].length === 0;
}

function cellsOf(found: readonly Value[], options: SphereIndexOptions, of: CellsOf): Value[] {
  const cells = found.flatMap((value) => {
    const shape = storedShape(value);
    const cells = shape === undefined ? 'it is no point and no GeoJSON' : of(shape, options);
    if (typeof cells === 'string') throw new NotIndexable(`cannot be in a 2dsphere index: ${cells}`);
    return cells;
  });
  return cells.length === 0 ? [nullValue] : cells.map((id) => cellValue(id, options.version));
}

/** Arrays count by their items, an empty one as undefined, and a missing field as null. */
function literals(found: readonly Value[]): Value[] {
  if (found.length === 0) return [nullValue];
  return found.flatMap((value) => {
    if (!value.isArray()) return [value];
    const inside = [...items(value)];
    return inside.length === 0 ? [undefinedValue] : inside;
  });
}
