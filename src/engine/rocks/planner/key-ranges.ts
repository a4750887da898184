import { justAfter, justBefore, keyEnd } from '../keystring/key-types.ts';
import type { KeyLayout } from '../keystring/index-entry.ts';
import { edgeBytes, intervalRange, isEverything, type Intervals } from './intervals.ts';

/** Keys of an index from `lower` (inclusive) to `upper` (exclusive), without the prefix. */
export interface KeyRange {
  lower: Buffer;
  upper: Buffer;
  /** Set if the range is one whole key of a unique index: a look-up instead of a scan. */
  exact: Buffer | undefined;
}

const maxCombinations = 20_000;

/**
 * The ranges of keys that bounds of the fields select, in key order, and how many leading fields they settle; the bounds
 * of later fields are to be checked on the keys.
 */
export function keyRanges(
  bounds: readonly Intervals[],
  layout: KeyLayout,
): { ranges: KeyRange[]; settled: number } {
  let bodies: Buffer[] = [Buffer.alloc(0)];
  let settled = 0;
  for (const intervals of bounds) {
    const descending = (layout.ordering[settled] ?? 1) < 0;
    const points = intervals.flatMap(({ point }) => point ?? []);
    const allPoints = points.length === intervals.length;
    if (!allPoints || bodies.length * points.length > maxCombinations) {
      const ranges = isEverything(intervals)
        ? bodies.map((body) => around(body))
        : bodies.flatMap((body) =>
            intervals.map((interval) => ({ ...intervalRange(body, interval, descending), exact: undefined })),
          );
      return { ranges: inOrder(ranges), settled: isEverything(intervals) ? settled : settled + 1 };
    }
    const encoded = points.map(({ body }) => (descending ? invert(body) : body));
    bodies = bodies.flatMap((body) => encoded.map((value) => Buffer.concat([body, value])));
    settled++;
  }
  const exact = (body: Buffer) => (layout.unique ? Buffer.concat([body, Buffer.of(keyEnd)]) : undefined);
  return { ranges: inOrder(bodies.map((body) => ({ ...around(body), exact: exact(body) }))), settled };
}

/** All keys that begin with the encodings of `body`. */
function around(body: Buffer): KeyRange {
  const after = body.length === 0 ? 0xff : justAfter;
  return {
    lower: Buffer.concat([body, Buffer.of(body.length === 0 ? 0 : justBefore)]),
    upper: Buffer.concat([body, Buffer.of(after)]),
    exact: undefined,
  };
}

function invert(body: Buffer): Buffer {
  return edgeBytes(Buffer.concat([body, Buffer.of(justBefore)]), true).subarray(0, body.length);
}

function inOrder(ranges: KeyRange[]): KeyRange[] {
  return ranges.sort((a, b) => a.lower.compare(b.lower));
}
