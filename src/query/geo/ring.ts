import { angleToArc, arcsCross, between, cross, dot, touching, type Vector } from './vector.ts';

/** A closed ring of geodesic edges; the last vertex is joined to the first. The inside is left of the edges. */
export class Ring {
  readonly vertices: readonly Vector[];

  constructor(vertices: readonly Vector[]) {
    this.vertices = vertices;
  }

  /** The ring turned so that it encloses no more than half of the sphere: how GeoJSON without a winding order is read. */
  static smaller(vertices: readonly Vector[]): Ring {
    return area(vertices) > 2 * Math.PI ? new Ring(vertices.toReversed()) : new Ring(vertices);
  }

  *edges(): Generator<[Vector, Vector]> {
    let previous = this.vertices.at(-1);
    for (const vertex of this.vertices) {
      if (previous) yield [previous, vertex];
      previous = vertex;
    }
  }

  /** Radians to the nearest edge. */
  distanceToEdge(point: Vector): number {
    let least = Infinity;
    for (const [a, b] of this.edges()) least = Math.min(least, angleToArc(point, a, b));
    return least;
  }

  /**
   * Whether a point, not on an edge, is inside: by the side from which an arc to some point of an edge arrives there, and by the
   * number of edges that it crosses on the way.
   */
  contains(point: Vector): boolean {
    for (const part of [0.5, 0.381, 0.672, 0.155, 0.843]) {
      for (const [a, b] of this.edges()) {
        const side = dot(cross(a, b), point);
        const goal = between(a, b, part);
        // Too near the edge's great circle, or nearly opposite, the arc says nothing reliable.
        if (Math.abs(side) < 1e-14 || dot(goal, point) < -0.999999) continue;
        const crossings = this.#crossings(point, goal, a, b);
        if (crossings !== undefined) return side > 0 !== (crossings % 2 === 1);
      }
    }
    return false;
  }

  #crossings(point: Vector, goal: Vector, skipA: Vector, skipB: Vector): number | undefined {
    const arc = cross(point, goal);
    let crossings = 0;
    for (const [a, b] of this.edges()) {
      if (a === skipA && b === skipB) continue;
      if (Math.abs(dot(arc, a)) < 1e-15 && angleToArc(a, point, goal) < touching) return undefined;
      if (arcsCross(point, goal, a, b)) crossings++;
    }
    return crossings;
  }
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
