import type { PointShape, SphereShape } from '../shape.ts';
import { earthRadiusMetres, vectorOf } from '../vector.ts';
import { idOf, type CellId } from './cell-id.ts';
import { coveringOf, levelOfEdge, type CoveringOptions } from './covering.ts';
import { finestLevel } from './grid.ts';
import { shapeRegion } from './shape-region.ts';

/** How a 2dsphere index is made, from its specification. */
export interface SphereIndexOptions extends CoveringOptions {
  version: number;
}

/** What a specification may say of the cells; undefined parts have mongod's defaults. */
export interface CellSettings {
  version?: number | undefined;
  coarsest?: number | undefined;
  finest?: number | undefined;
  cells?: number | undefined;
}

/** The options of a 2dsphere index with mongod's defaults: version 3 takes fewer, but finer and coarser cells. */
export function sphereIndexOptions({
  version = 1,
  coarsest,
  finest,
  cells,
}: CellSettings): SphereIndexOptions {
  const level = (metres: number): number => levelOfEdge(metres / earthRadiusMetres);
  return {
    version,
    coarsest: coarsest ?? level(version >= 3 ? 2_000_000 : 100_000),
    finest: finest ?? level(version >= 3 ? 110 : 500),
    cells: cells ?? (version >= 3 ? 20 : 50),
  };
}

/** More than the last bit of a point's coordinates. */
const lastBit = 4e-16;

/** The cells in which another server may have found a point whose sines it rounded otherwise. */
export function roundedCells({ point }: PointShape, options: SphereIndexOptions): CellId[] {
  const [x, y, z] = vectorOf(point.x, point.y);
  const level = options.version >= 3 ? finestLevel : options.finest;
  const steps = [-lastBit, 0, lastBit];
  const cells = steps.flatMap((a) =>
    steps.flatMap((b) => steps.map((c) => idOf([x + a, y + b, z + c], level))),
  );
  return [...new Set(cells)];
}

/** The cells under which an index holds a shape, or the reason why mongod does not index it. */
export function indexedCells(shape: SphereShape, options: SphereIndexOptions): CellId[] | string {
  const region = shapeRegion(shape);
  if (typeof region === 'string') return region;
  // A point lies in one cell only: of the finest level there is, or in old versions of the index's.
  if (shape.kind === 'point') {
    const level = options.version >= 3 ? finestLevel : options.finest;
    return [idOf(vectorOf(shape.point.x, shape.point.y), level)];
  }
  return coveringOf(region, options);
}
