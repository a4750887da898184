import { cross, type Vector } from '../vector.ts';
import {
  boundsOfCell,
  boundsOfChain,
  capAround,
  hold,
  holdPoint,
  join,
  meet,
  nowhere,
  type Bounds,
  type Cap,
} from './bounds.ts';

import { Cell } from './cell.ts';
import { idRange, type CellId } from './cell-id.ts';
import { Loop } from './loop.ts';
import { isAll, joinLongitudes } from './longitudes.ts';
import { crossing } from './orientation.ts';

/** A part of the sphere as it is asked about while it is covered with cells. */
export interface Region {
  /** False only if the cell has no point of the region. */
  meets(cell: Cell): boolean;
  /** True only if all of the cell is in the region. */
  contains(cell: Cell): boolean;
  /** A cap with all of the region in it: its size decides with which cells to begin. */
  cap(): Cap;
}

/** A region that S2 measures in latitudes and longitudes. */
export interface BoundedRegion extends Region {
  readonly bounds: Bounds;
}

/** The point's own cell. */
export function pointRegion(point: Vector): BoundedRegion {
  const leaf = Cell.of(point);
  return {
    bounds: boundsOfCell(leaf),
    meets: (cell) => isWithin(leaf.id, cell.id),
    contains: (cell) => cell.id === leaf.id,
    cap: () => ({ axis: leaf.center, height: 0 }),
  };
}

function isWithin(id: CellId, outer: CellId): boolean {
  const { first, last } = idRange(outer);
  return id >= first && id <= last;
}

/** The points of a chain of arcs. */
export function lineRegion(vertices: readonly Vector[]): BoundedRegion {
  const bounds = boundsOfChain(vertices);
  return {
    bounds,
    meets: (cell) => vertices.some((vertex) => cell.contains(vertex)) || crossesEdges(vertices, cell),
    contains: () => false,
    cap: () => capAround(bounds),
  };
}

function crossesEdges(vertices: readonly Vector[], { corners }: Cell): boolean {
  return corners.some((corner, at) => {
    const next = corners[(at + 1) % 4] as Vector;
    const normal = cross(corner, next);
    return vertices.some((vertex, index) => {
      const end = vertices[index + 1];
      return end !== undefined && crossing(corner, next, vertex, end, normal) >= 0;
    });
  });
}

/** A shell with holes in it. */
export function polygonRegion(rings: readonly (readonly Vector[])[]): BoundedRegion {
  const [shell, ...holes] = rings.map((ring) => Loop.smaller(ring));
  if (shell === undefined) return unionRegion([]);
  const { bounds } = shell;
  if (holes.length === 0) {
    return {
      bounds,
      meets: (cell) => shell.meetsCell(cell),
      contains: (cell) => shell.containsCell(cell),
      cap: () => capAround(bounds),
    };
  }
  const loops = [shell, ...holes];
  return {
    bounds,
    meets: (cell) => meet(bounds, boundsOfCell(cell)) && polygonMeets(loops, Loop.ofCell(cell)),
    contains: (cell) => holdPoint(bounds, cell.center) && polygonContains(loops, Loop.ofCell(cell)),
    cap: () => capAround(bounds),
  };
}

function polygonMeets(loops: readonly Loop[], cell: Loop): boolean {
  const [shell] = loops;
  if (shell === undefined || !meet(shell.bounds, cell.bounds)) return false;
  let inside = false;
  for (const loop of loops) {
    if (loop.contains(cell)) inside = !inside;
    else if (!cell.contains(loop) && loop.intersects(cell)) return true;
  }
  if (inside) return true;
  return cell.contains(shell) || (!shell.contains(cell) && cell.intersects(shell));
}

function polygonContains(loops: readonly Loop[], cell: Loop): boolean {
  const [shell, ...holes] = loops;
  if (shell === undefined) return false;
  const { bounds } = shell;
  if (!hold(bounds, cell.bounds)) {
    if (!isAll(joinLongitudes(bounds.longitudes, cell.bounds.longitudes))) return false;
  }
  let inside = false;
  for (const loop of loops) {
    const relation = loop.containsOrCrosses(cell);
    if (relation < 0) return false;
    if (relation > 0) inside = !inside;
  }
  return inside && holes.every((hole) => cell.containsOrCrosses(hole) === 0);
}

/** All of several regions. */
export function unionRegion(regions: readonly BoundedRegion[]): BoundedRegion {
  const bounds = regions.reduce((sum, region) => join(sum, region.bounds), nowhere);
  return {
    bounds,
    meets: (cell) => regions.some((region) => region.meets(cell)),
    contains: (cell) => regions.some((region) => region.contains(cell)),
    cap: () => capAround(bounds),
  };
}
