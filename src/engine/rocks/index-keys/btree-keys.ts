import { nullValue, undefinedValue } from '../../../bson/make.ts';
import { field, items, type Value } from '../../../bson/value.ts';
import { emptyDocument } from '../query/empty.ts';

/** One field of the index on its way through the document. */
interface Walk {
  /** Where the path goes on; undefined is the document or array item that all fields share. */
  base: Value | undefined;
  rest: readonly string[];
  value: Value | undefined;
  done: boolean;
}

/** A document that the server refuses to index: it holds two arrays side by side. */
export class ParallelArrays extends Error {
  override readonly name = 'ParallelArrays';
}

/**
 * The values of each key that a document has in an ordinary index, equal keys repeated. A missing field is null, an empty array
 * undefined; with `sparse`, keys in which every field is missing are left out. Throws ParallelArrays. Source: the format notes,
 * "What is put into an index".
 */
export function btreeKeys(document: Value, paths: readonly string[], sparse: boolean): Value[][] {
  const keys: Value[][] = [];
  const walks = paths.map((path): Walk => ({
    base: undefined,
    rest: path.split('.'),
    value: undefined,
    done: false,
  }));
  step(document, walks, sparse, keys);
  if (keys.length === 0 && !sparse) keys.push(paths.map(() => nullValue));
  return keys;
}

function step(shared: Value, walks: readonly Walk[], sparse: boolean, keys: Value[][]): void {
  let array: Value | undefined;
  const next = walks.map((walk) => {
    if (walk.done) return walk;
    const met = follow(walk.base ?? shared, walk.rest);
    if (met.array === undefined) return { ...walk, value: met.value, done: true };
    if (array && !isSame(array, met.array)) throw new ParallelArrays('cannot index parallel arrays');
    array = met.array;
    return { ...walk, base: undefined, rest: met.rest };
  });
  if (array === undefined) {
    if (sparse && next.every(({ value }) => value === undefined)) return;
    keys.push(next.map(({ value }) => value ?? nullValue));
    return;
  }
  expand(array, next, sparse, keys);
}

/** One step for each item of an array; an empty one counts as one item, undefined. */
function expand(array: Value, walks: readonly Walk[], sparse: boolean, keys: Value[][]): void {
  const placed = walks.map((walk) => atPosition(array, walk));
  const needsItems = placed.some((walk) => !walk.done && walk.base === undefined);
  let isEmpty = true;
  for (const item of items(array)) {
    isEmpty = false;
    step(
      item.isDocument() ? item : emptyDocument,
      placed.map((walk) => atItem(walk, item)),
      sparse,
      keys,
    );
    if (!needsItems) return;
  }
  if (isEmpty)
    step(
      emptyDocument,
      placed.map((walk) => atItem(walk, undefinedValue)),
      sparse,
      keys,
    );
}

/** A path that goes on with a position of the array is resolved once, the same for every item. */
function atPosition(array: Value, walk: Walk): Walk {
  const [name, ...rest] = walk.rest;
  if (walk.done || name === undefined || !/^(0|[1-9]\d*)$/.test(name)) return walk;
  const item = field(array, name);
  if (item === undefined) return walk;
  return rest.length === 0 ? { ...walk, value: item, done: true } : { ...walk, base: item, rest };
}

/** A path that ends at the array takes its item whole. */
function atItem(walk: Walk, item: Value): Walk {
  return walk.done || walk.base !== undefined || walk.rest.length > 0
    ? walk
    : { ...walk, value: item, done: true };
}

/** Follows a path through subdocuments to its end or to an array. */
function follow(
  start: Value,
  path: readonly string[],
): { value: Value | undefined; array?: undefined } | { array: Value; rest: readonly string[] } {
  let current = start;
  for (const [at, name] of path.entries()) {
    if (current.isArray()) return { array: current, rest: path.slice(at) };
    const next = current.isDocument() ? field(current, name) : undefined;
    if (next === undefined) return { value: undefined };
    current = next;
  }
  return current.isArray() ? { array: current, rest: [] } : { value: current };
}

function isSame(a: Value, b: Value): boolean {
  return a.bytes === b.bytes && a.start === b.start;
}
