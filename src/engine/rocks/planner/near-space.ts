import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import { boxOfCell, cellOfHash, type FlatGrid } from '../../../query/geo/flat-grid.ts';
import {
  distanceToBox,
  flatRing,
  furthestInBox,
  sphereDistances,
  sphereRing,
} from '../../../query/geo/flat-region.ts';
import type { NearQuery } from '../../../query/geo/near.ts';
import { Cell } from '../../../query/geo/s2/cell.ts';
import { distanceToCell } from '../../../query/geo/s2/cell-distance.ts';
import { idOfText, placeOf } from '../../../query/geo/s2/cell-id.ts';
import { finestLevel } from '../../../query/geo/s2/grid.ts';
import type { SphereIndexOptions } from '../../../query/geo/s2/indexed-cells.ts';
import { ringRegion } from '../../../query/geo/s2/query-region.ts';
import { angle, vectorOf } from '../../../query/geo/vector.ts';
import { flatIntervals, sphereIntervals } from './geo-bounds.ts';
import type { BoundsContext } from './bounds.ts';
import { everything, type Intervals } from './intervals.ts';

/** The places of an index as a search for the nearest sees them; distances are radians, or units of the plane. */
export interface NearSpace {
  /** No place is further away. */
  furthest: number;
  /** A distance below which no place is told from another. */
  finest: number;
  /** The keys of what may lie at a distance from `inner` to `outer`. */
  intervals(inner: number, outer: number): Intervals;
  /** What has this key is no nearer than that. */
  leastDistance(key: Value): number;
}

/** About the radius of a cell of the finest level, and more than rounding. */
const leafRadius = 4e-9;

/** The space of a 2dsphere index. */
export function sphereSpace(
  { point }: NearQuery,
  options: SphereIndexOptions,
  context: BoundsContext,
): NearSpace {
  const center = vectorOf(point.x, point.y);
  return {
    furthest: Math.PI,
    finest: 1e-7,
    intervals: (inner, outer) =>
      sphereIntervals(ringRegion(center, inner, outer), options, context) ?? [everything],
    leastDistance(key) {
      const id =
        key.type === BsonType.long
          ? BigInt.asUintN(64, key.bytes.readBigInt64LE(key.start))
          : key.type === BsonType.string
            ? idOfText(stringOf(key))
            : undefined;
      if (id === undefined) return 0;
      const { face, i, j, level } = placeOf(id);
      const cell = Cell.corner(face, i, j, level);
      if (level === finestLevel) return Math.max(0, angle(center, cell.center) - leafRadius);
      return Math.max(0, distanceToCell(center, cell) - leafRadius);
    },
  };
}

/** The space of a 2d index: of the plane, or of its longitudes and latitudes on the sphere. */
export function flatSpace(
  { point, spherical }: NearQuery,
  grid: FlatGrid,
  context: BoundsContext,
): NearSpace {
  const whole = boxOfCell(grid, { column: 0, row: 0, level: 0 });
  const center = vectorOf(point.x, point.y);
  const nearest = (key: Value): number => {
    if (key.type !== BsonType.binData) return 0;
    const hash = key.bytes.subarray(key.start + 5, key.end);
    const box = boxOfCell(grid, cellOfHash(hash, grid.bits));
    return spherical ? sphereDistances(center, box).nearest : distanceToBox(point, box);
  };
  return {
    furthest: spherical ? Math.PI : furthestInBox(point, whole),
    finest: spherical ? 1e-7 : (grid.max - grid.min) / 2 ** 24,
    intervals: (inner, outer) =>
      flatIntervals(
        spherical ? sphereRing(center, inner, outer) : flatRing(point, inner, outer),
        grid,
        context,
      ),
    leastDistance: (key) => nearest(key) * (1 - 1e-12),
  };
}
