import type { RecordId } from '../keystring/record-id.ts';

const bitsAPage = 16;

/**
 * A set of record ids. Ids are dense, so pages of bits stay small where a set of numbers would not: five million ids
 * take less than a megabyte.
 */
export class IdSet {
  readonly #pages = new Map<bigint, Uint32Array>();

  /** Adds an id; false if it was there already. */
  add(id: RecordId): boolean {
    const pageNumber = id >> BigInt(bitsAPage);
    let page = this.#pages.get(pageNumber);
    if (page === undefined) {
      page = new Uint32Array((1 << bitsAPage) >> 5);
      this.#pages.set(pageNumber, page);
    }
    const bit = Number(id & BigInt((1 << bitsAPage) - 1));
    const word = page[bit >> 5] ?? 0;
    const mask = 1 << (bit & 31);
    if ((word & mask) !== 0) return false;
    page[bit >> 5] = word | mask;
    return true;
  }
}
