import { nearPairs, type Edge } from './edges.ts';
import { same } from './s2/orientation.ts';

/** Where the edges of one shape come near those of another. */
export class Meetings {
  readonly #edges: readonly Edge[];
  readonly #others: readonly Edge[];
  readonly #pairs: readonly (readonly [number, number])[];

  constructor(
    edges: readonly Edge[],
    others: readonly Edge[],
    pairs: readonly (readonly [number, number])[] = [...nearPairs(edges, others)],
  ) {
    this.#edges = edges;
    this.#others = others;
    this.#pairs = pairs;
  }

  /** The same from the side of the others. */
  get turned(): Meetings {
    const pairs = this.#pairs.map(([place, other]) => [other, place] as const);
    return new Meetings(this.#others, this.#edges, pairs);
  }

  /** Whether `test` holds for an edge and another that it comes near. */
  some(test: (edge: Edge, other: Edge) => boolean): boolean {
    return this.#pairs.some(([place, other]) =>
      test(this.#edges[place] as Edge, this.#others[other] as Edge),
    );
  }

  /**
   * The edges that tell on which side of the others all are: those that come near one, and of those that follow each other far from all
   * only the first, since the rest is on the same side.
   */
  get telling(): Edge[] {
    const near = new Set(this.#pairs.map(([place]) => place));
    return this.#edges.filter((edge, place) => {
      const before = this.#edges[place - 1];
      const goesOn = before !== undefined && same(before[1], edge[0]);
      return near.has(place) || near.has(place - 1) || !goesOn;
    });
  }
}
