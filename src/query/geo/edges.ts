import type { Vector } from './vector.ts';

/** A geodesic from one point to another. */
export type Edge = readonly [Vector, Vector];

/** The extent of an edge along the three axes. */
interface Extent {
  readonly edge: Edge;
  /** Its place in its list, and which list that is. */
  readonly place: number;
  readonly isSecond: boolean;
  readonly least: Vector;
  readonly greatest: Vector;
}

/**
 * The pairs of an edge of each list that may meet, by their places, in no order: those whose extents overlap. Along the axis on which the
 * edges are spread most, an edge is only compared with those that have not ended yet; so rings of thousands of short edges are quickly gone through.
 */
export function* nearPairs(edges: readonly Edge[], others: readonly Edge[]): Generator<[number, number]> {
  if (edges.length * others.length <= few) {
    for (const place of edges.keys()) for (const other of others.keys()) yield [place, other];
    return;
  }
  const all = [
    ...edges.map((edge, place) => extentOf(edge, place, false)),
    ...others.map((edge, place) => extentOf(edge, place, true)),
  ];
  const axis = widestAxis(all);
  all.sort((a, b) => a.least[axis] - b.least[axis]);
  let open: Extent[] = [];
  for (const next of all) {
    open = open.filter(({ greatest }) => greatest[axis] >= next.least[axis]);
    for (const other of open) {
      if (other.isSecond === next.isSecond || !overlap(other, next)) continue;
      yield next.isSecond ? [other.place, next.place] : [next.place, other.place];
    }
    open.push(next);
  }
}

/** So many pairs are all given: to sort them out would take longer than to look at them. */
const few = 64;

/** An arc leaves the box of its ends by no more than it rises over its chord. */
function extentOf(edge: Edge, place: number, isSecond: boolean): Extent {
  const [a, b] = edge;
  const half = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / 2;
  const rise = 1 - Math.sqrt(Math.max(0, 1 - half * half)) + slack;
  const least = a.map((value, at) => Math.min(value, b[at] as number) - rise) as unknown as Vector;
  const greatest = a.map((value, at) => Math.max(value, b[at] as number) + rise) as unknown as Vector;
  return { edge, place, isSecond, least, greatest };
}

/** More than what counts as touching: 6 cm. */
const slack = 1e-8;

function widestAxis(extents: readonly Extent[]): 0 | 1 | 2 {
  const widths = ([0, 1, 2] as const).map((axis) => {
    let [least, greatest] = [Infinity, -Infinity];
    for (const each of extents) {
      least = Math.min(least, each.least[axis]);
      greatest = Math.max(greatest, each.greatest[axis]);
    }
    return greatest - least;
  });
  return widths.indexOf(Math.max(...widths)) as 0 | 1 | 2;
}

function overlap(a: Extent, b: Extent): boolean {
  return (
    a.least[0] <= b.greatest[0] &&
    b.least[0] <= a.greatest[0] &&
    a.least[1] <= b.greatest[1] &&
    b.least[1] <= a.greatest[1] &&
    a.least[2] <= b.greatest[2] &&
    b.least[2] <= a.greatest[2]
  );
}
