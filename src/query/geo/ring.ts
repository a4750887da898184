import type { Edge } from './edges.ts';
import { Loop } from './s2/loop.ts';
import { angleToArc, cross, dot, touching, type Vector } from './vector.ts';

/** Areas, in steradians, whose sum of rounded parts may be on the wrong side. */
const unclear = 1e-9;

/** A closed ring of geodesic edges; the last vertex is joined to the first. The inside is left of the edges. */
export class Ring {
  readonly vertices: readonly Vector[];
  #loop: Loop | undefined;
  #edges: readonly Edge[] | undefined;

  constructor(vertices: readonly Vector[]) {
    this.vertices = vertices;
  }

  /** The ring turned so that it encloses no more than half of the sphere: how GeoJSON without a winding order is read. */
  static smaller(vertices: readonly Vector[]): Ring {
    const left = area(vertices);
    // Next to no area, or next to half of the sphere: the turns at the corners tell more exactly.
    if (left < unclear || Math.abs(left - 2 * Math.PI) < unclear || left > 4 * Math.PI - unclear) {
      return new Ring(Loop.smaller(vertices).vertices);
    }
    return left > 2 * Math.PI ? new Ring(vertices.toReversed()) : new Ring(vertices);
  }

  get edges(): readonly Edge[] {
    this.#edges ??= this.vertices.map((vertex, at): Edge => [this.vertices.at(at - 1) ?? vertex, vertex]);
    return this.#edges;
  }

  /** Radians to the nearest edge. */
  distanceToEdge(point: Vector): number {
    let least = Infinity;
    for (const [a, b] of this.edges) least = Math.min(least, angleToArc(point, a, b));
    return least;
  }

  /** Whether a point is on an edge, or so near that it counts as on it. */
  touches(point: Vector): boolean {
    for (const [a, b] of this.edges) {
      // No point of an arc is further from its begin than its end is.
      const reach = chord(a, b) + 2 * touching;
      if (chord(a, point) <= reach && angleToArc(point, a, b) <= touching) return true;
    }
    return false;
  }

  /** Whether a point is inside; of points on an edge some are, as in S2. */
  contains(point: Vector): boolean {
    this.#loop ??= new Loop(this.vertices);
    return this.#loop.has(point);
  }
}

/** The length of the straight line between two points. */
function chord(a: Vector, b: Vector): number {
  return Math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2);
}

/** The area left of the edges, in steradians from 0 to 4 pi. */
export function area(vertices: readonly Vector[]): number {
  const [first] = vertices;
  if (first === undefined) return 0;
  let sum = 0;
  for (let at = 1; at + 1 < vertices.length; at++) {
    const b = vertices[at] ?? first;
    const c = vertices[at + 1] ?? first;
    const triple = dot(first, cross(b, c));
    sum += 2 * Math.atan2(triple, 1 + dot(first, b) + dot(b, c) + dot(c, first));
  }
  const whole = 4 * Math.PI;
  return ((sum % whole) + whole) % whole;
}
