import type { Compare } from './levels.ts';

const largestChunk = 512;

/**
 * Finds for each text the first seen text that compares equal: Intl gives no sort keys, and grouping needs something that equal texts share. A sorted list
 * in chunks, so that both search and insertion stay cheap with many texts.
 */
export class Representatives {
  readonly #compare: Compare;
  readonly #chunks: string[][] = [[]];
  readonly #known = new Map<string, string>();

  constructor(compare: Compare) {
    this.#compare = compare;
  }

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const representative = this.#findOrInsert(text);
    this.#known.set(text, representative);
    return representative;
  }

  #findOrInsert(text: string): string {
    const chunks = this.#chunks;
    let chunkAt = lastNotAfter(chunks.length, (i) => this.#compare(chunks[i]?.[0] ?? '', text) <= 0);
    if (chunkAt < 0) chunkAt = 0;
    const chunk = chunks[chunkAt] ?? [];
    const at = lastNotAfter(chunk.length, (i) => this.#compare(chunk[i] ?? '', text) <= 0);
    const found = chunk[at];
    if (found !== undefined && this.#compare(found, text) === 0) return found;
    chunk.splice(at + 1, 0, text);
    if (chunk.length > largestChunk) chunks.splice(chunkAt + 1, 0, chunk.splice(largestChunk / 2));
    return text;
  }
}

/** The last index below `length` for which `holds` (true up to some point, then false), or -1. */
function lastNotAfter(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
