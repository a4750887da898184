import { numberOf } from '../../../bson/access.ts';
import { binaryValue } from '../../../bson/make.ts';
import { field as fieldOf, type Value } from '../../../bson/value.ts';
import { flatCovering, hashesOf, type FlatGrid } from '../../../query/geo/flat-grid.ts';
import { flatRegion, type FlatRegion } from '../../../query/geo/flat-region.ts';
import { idRange, levelOf, parentOf, textOf, type CellId } from '../../../query/geo/s2/cell-id.ts';
import { coveringOf } from '../../../query/geo/s2/covering.ts';
import type { SphereIndexOptions } from '../../../query/geo/s2/indexed-cells.ts';
import { queryRegion } from '../../../query/geo/s2/query-region.ts';
import type { Region } from '../../../query/geo/s2/region.ts';
import { stringValue } from '../../../bson/make.ts';
import type { Index, IndexField } from '../catalog/collection.ts';
import { cellValue, sphereOptionsOf } from '../index-keys/sphere-keys.ts';
import { between, boundsOf, pointAt, type BoundsContext } from './bounds.ts';
import { union, type Interval, type Intervals } from './intervals.ts';
import { mayHoldArray } from './multikey.ts';
import type { Test } from './predicates.ts';
import { includesNull } from './usable.ts';

/** How finely a query's shape is covered: mongod's numbers. */
const sphereCovering = { coarsest: 0, finest: 23, cells: 20 };
const flatCells = 16;

/** Whether an index holds places. */
export function isGeoIndex({ type }: Index): boolean {
  return type === '2dsphere' || type === '2d';
}

/** The bounds that a test sets to a field of a geo index; undefined if none. */
export function geoIndexBounds(
  index: Index,
  field: IndexField,
  test: Test,
  context: BoundsContext,
): Intervals | undefined {
  if (test.op === 'geo') {
    if (field.kind === '2dsphere') {
      const region = queryRegion(test.shape);
      return region && sphereIntervals(region, sphereOptionsOf(index.spec), context);
    }
    const region = field.kind === '2d' ? flatRegion(test.shape) : undefined;
    return region && flatIntervals(region, flatGridOf(index.spec), context);
  }
  // Further fields of a 2d index are kept whole, not value by value.
  if (index.type === '2d' || (field.kind !== 'ascending' && field.kind !== 'descending')) return undefined;
  const intervals = boundsOf(test, context);
  // Items of an array that lack the field have no key there.
  return intervals && mayHoldArray(index, field.path) && includesNull(intervals) ? undefined : intervals;
}

/** The keys of a 2dsphere index that may lie in a region: those of the cells that cover it, of cells within those, and around them. */
export function sphereIntervals(
  region: Region,
  options: SphereIndexOptions,
  context: BoundsContext,
): Intervals | undefined {
  if (context.collated && options.version < 3) return undefined;
  const cells = coveringOf(region, sphereCovering);
  const around = new Set<CellId>();
  for (const id of cells) {
    for (let level = Math.min(levelOf(id) - 1, options.finest); level >= options.coarsest; level--) {
      around.add(parentOf(id, level));
    }
  }
  return sorted([
    ...cells.map((id) => withinCell(id, options, context)),
    ...[...around].map((id) => pointAt(cellValue(id, options.version), context)),
  ]);
}

function withinCell(id: CellId, { version }: SphereIndexOptions, context: BoundsContext): Interval {
  if (version >= 3) {
    const { first, last } = idRange(id);
    return between(cellValue(first, version), cellValue(last, version), context);
  }
  const text = textOf(id);
  const after = text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
  const { low } = pointAt(stringValue(text), context);
  return {
    low,
    high: { ...pointAt(stringValue(after), context).low, inclusive: false },
    point: undefined,
  };
}

/** The grid of a 2d index. */
export function flatGridOf(spec: Value): FlatGrid {
  const option = (name: string, otherwise: number): number => numberOf(fieldOf(spec, name)) ?? otherwise;
  return { min: option('min', -180), max: option('max', 180), bits: option('bits', 26) };
}

/** The keys of a 2d index that may lie in a region. */
export function flatIntervals(region: FlatRegion, grid: FlatGrid, context: BoundsContext): Intervals {
  return sorted(
    flatCovering(region, grid, flatCells).map((cell) => {
      const { first, last } = hashesOf(cell);
      return between(binaryValue(first, 0x80), binaryValue(last, 0x80), context);
    }),
  );
}

function sorted(intervals: readonly Interval[]): Intervals {
  return intervals.reduce<Intervals>((all, interval) => union(all, [interval]), []);
}
