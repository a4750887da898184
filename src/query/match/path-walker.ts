import { valueEnd } from '../../bson/layout.ts';
import { BsonType } from '../../bson/types.ts';

/**
 * Says of one value, by its type byte and place, whether it matches. A missing value has type 0.
 */
export type ValueTest = (type: number, bytes: Buffer, start: number, end: number) => boolean;

/** What a match found out for the positional projection. */
export interface MatchDetails {
  /** The name ("0", "1", ...) of the array item that matched, of the outermost array on the path. */
  arrayIndex: string | undefined;
}

/** What to do with an array at the end of a path: test its items and then itself, itself alone, or its items alone. */
export type LeafArrays = 'itemsAndArray' | 'array' | 'items';

/**
 * Walks a dotted path through a document as mongod's matcher does: arrays on the way are entered, a numeric component
 * is both an index and a field name. Tests the values found in turn, until one matches. A path that ends in nothing is
 * tested as missing; one that leads into an array without documents is not tested at all.
 * Nothing is allocated on the way.
 */
export class PathWalker {
  readonly #names: Buffer[];
  readonly #isIndex: boolean[];
  readonly #leaf: LeafArrays;

  constructor(path: string, leaf: LeafArrays) {
    const parts = path.split('.');
    this.#names = parts.map((part) => Buffer.from(`${part}\0`, 'utf8'));
    this.#isIndex = parts.map((part) => /^\d+$/.test(part));
    this.#leaf = leaf;
  }

  /** Whether some value at the path passes the test; `start` and `end` are those of the document. */
  some(bytes: Buffer, start: number, end: number, test: ValueTest, details?: MatchDetails): boolean {
    return this.#inDocument(bytes, start, end, 0, test, details);
  }

  #inDocument(
    bytes: Buffer,
    documentStart: number,
    documentEnd: number,
    from: number,
    test: ValueTest,
    details: MatchDetails | undefined,
  ): boolean {
    const names = this.#names;
    let start = documentStart;
    let end = documentEnd;
    for (let depth = from; ; depth++) {
      const at = findField(bytes, start, end, names[depth] as Buffer);
      if (at < 0) return test(0, bytes, 0, 0);
      const type = bytes[at] as number;
      start = at + 1 + (names[depth] as Buffer).length;
      end = valueEnd(bytes, type, start, end);
      if (type === BsonType.array) return this.#inArray(bytes, start, end, depth + 1, test, details);
      if (depth + 1 === names.length) return test(type, bytes, start, end);
      if (type !== BsonType.object) return test(0, bytes, 0, 0);
    }
  }

  /** `depth` is the number of components used so far, those that led to the array. */
  #inArray(
    bytes: Buffer,
    start: number,
    end: number,
    depth: number,
    test: ValueTest,
    details: MatchDetails | undefined,
  ): boolean {
    const isLeaf = depth === this.#names.length;
    if (!isLeaf || this.#leaf !== 'array') {
      const last = end - 1;
      for (let at = start + 4; at < last;) {
        const type = bytes[at] as number;
        const name = at + 1;
        const itemStart = skipName(bytes, name, last);
        const itemEnd = valueEnd(bytes, type, itemStart, last);
        const found = isLeaf
          ? test(type, bytes, itemStart, itemEnd)
            ? byItem
            : notFound
          : this.#intoItem(bytes, type, name, itemStart, itemEnd, depth, test, details);
        if (found !== notFound) {
          if (details !== undefined && found === byItem) {
            details.arrayIndex = bytes.toString('latin1', name, itemStart - 1);
          }
          return true;
        }
        at = itemEnd;
      }
    }
    return isLeaf && this.#leaf !== 'items' && test(BsonType.array, bytes, start, end);
  }

  #intoItem(
    bytes: Buffer,
    type: number,
    name: number,
    start: number,
    end: number,
    depth: number,
    test: ValueTest,
    details: MatchDetails | undefined,
  ): number {
    if (type === BsonType.object && this.#inDocument(bytes, start, end, depth, test, details)) return byItem;
    if (this.#isIndex[depth] !== true || !hasName(bytes, name, this.#names[depth] as Buffer)) return notFound;
    if (depth + 1 === this.#names.length) return test(type, bytes, start, end) ? byItem : notFound;
    if (type === BsonType.object) {
      return this.#inDocument(bytes, start, end, depth + 1, test, details) ? byIndex : notFound;
    }
    if (type === BsonType.array) {
      return this.#inArray(bytes, start, end, depth + 1, test, details) ? byIndex : notFound;
    }
    return notFound;
  }
}

/** How an item led to a match: an item that the path names by its index leaves the details to what lies below. */
const notFound = 0;
const byItem = 1;
const byIndex = 2;

/** The offset of the type byte of the first field of that name (with its NUL), or -1. */
export function findField(bytes: Buffer, start: number, end: number, name: Buffer): number {
  const last = end - 1;
  const length = name.length;
  for (let at = start + 4; at < last;) {
    const nameStart = at + 1;
    let same = 0;
    while (same < length && bytes[nameStart + same] === name[same]) same++;
    if (same === length) return at;
    const valueStart = skipName(bytes, nameStart + same, last);
    at = valueEnd(bytes, bytes[at] as number, valueStart, last);
  }
  return -1;
}

/** The offset after the NUL that ends a name, from anywhere inside the name. */
export function skipName(bytes: Buffer, from: number, last: number): number {
  let at = from;
  while (at < last && bytes[at] !== 0) at++;
  return at + 1;
}

function hasName(bytes: Buffer, at: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false;
  return true;
}

/** How many items the array in these bytes has. */
export function countItems(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  const last = end - 1;
  for (let at = start + 4; at < last; count++) {
    at = valueEnd(bytes, bytes[at] as number, skipName(bytes, at + 1, last), last);
  }
  return count;
}
