import type { Vector } from './vector.ts';

/** A geodesic from one point to another. */
export type Edge = readonly [Vector, Vector];

/** More than what counts as touching, in radians: 6 cm. */
const slack = 1e-8;

/** So many pairs are all given: to sort them out would take longer than to look at them. */
const few = 400;

/**
 * The pairs of an edge of each list that may meet, by their places, in no order: those whose extents overlap. Along the axis on which the
 * edges are spread most, an edge is only compared with those that have not ended yet; so rings of thousands of short edges are quickly gone through.
 */
export function* nearPairs(edges: readonly Edge[], others: readonly Edge[]): Generator<[number, number]> {
  const count = edges.length;
  if (count * others.length <= few) {
    for (let place = 0; place < count; place++) {
      for (let other = 0; other < others.length; other++) yield [place, other];
    }
    return;
  }
  for (const [first, second] of overlaps(extentsOf([...edges, ...others]))) {
    if (first < count !== second < count)
      yield first < count ? [first, second - count] : [second, first - count];
  }
}

/** The pairs of edges of one list that may meet, each once, the lower place first. */
export function* nearPairsWithin(edges: readonly Edge[]): Generator<[number, number]> {
  for (const [first, second] of overlaps(extentsOf(edges))) {
    yield first < second ? [first, second] : [second, first];
  }
}

/**
 * The least and then the greatest coordinates of each edge, three and three, with some slack. An arc leaves the box of its ends by no more than it
 * rises over its chord.
 */
function extentsOf(edges: readonly Edge[]): Float64Array {
  const extents = new Float64Array(edges.length * 6);
  for (const [place, [a, b]] of edges.entries()) {
    const quarter = ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2) / 4;
    const rise = 1 - Math.sqrt(Math.max(0, 1 - quarter)) + slack;
    for (let axis = 0; axis < 3; axis++) {
      const [from, to] = [a[axis] as number, b[axis] as number];
      extents[place * 6 + axis] = Math.min(from, to) - rise;
      extents[place * 6 + axis + 3] = Math.max(from, to) + rise;
    }
  }
  return extents;
}

function* overlaps(extents: Float64Array): Generator<[number, number]> {
  const axis = widestAxis(extents);
  const least = (place: number): number => extents[place * 6 + axis] as number;
  const order = Array.from({ length: extents.length / 6 }, (_, place) => place);
  order.sort((a, b) => least(a) - least(b));
  /** Those that have not ended, at the beginning. */
  const open: number[] = [];
  for (const next of order) {
    const begin = least(next);
    let kept = 0;
    for (const other of open) {
      if ((extents[other * 6 + axis + 3] as number) < begin) continue;
      open[kept++] = other;
      if (overlap(extents, other * 6, next * 6)) yield [other, next];
    }
    open.length = kept;
    open.push(next);
  }
}

function widestAxis(extents: Float64Array): number {
  const widths = [0, 1, 2].map((axis) => {
    let [least, greatest] = [Infinity, -Infinity];
    for (let at = axis; at < extents.length; at += 6) {
      least = Math.min(least, extents[at] as number);
      greatest = Math.max(greatest, extents[at] as number);
    }
    return greatest - least;
  });
  return widths.indexOf(Math.max(...widths));
}

function overlap(extents: Float64Array, a: number, b: number): boolean {
  for (let axis = 0; axis < 3; axis++) {
    if ((extents[a + axis] as number) > (extents[b + axis + 3] as number)) return false;
    if ((extents[b + axis] as number) > (extents[a + axis + 3] as number)) return false;
  }
  return true;
}
