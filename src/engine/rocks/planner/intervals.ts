import { justAfter, justBefore } from '../keystring/key-types.ts';
import type { Value } from '../../../bson/value.ts';

/**
 * A place between the values of one index field: the encoded value with a discriminator, or a lone type byte (before
 * all values of that type). Always in ascending form; `text` is how explain shows it.
 */
export interface Edge {
  bytes: Buffer;
  text: string;
  inclusive: boolean;
}

/** Values from `low` to `high`. */
export interface Interval {
  low: Edge;
  high: Edge;
  /** Set if the interval holds exactly one value: its encoding without discriminator. */
  point: { body: Buffer; value: Value } | undefined;
}

/** Disjoint intervals in ascending order. */
export type Intervals = readonly Interval[];

/** Everything that can be a key. */
export const everything: Interval = {
  low: { bytes: Buffer.of(0x0a), text: 'MinKey', inclusive: true },
  high: { bytes: Buffer.of(0xf1), text: 'MaxKey', inclusive: true },
  point: undefined,
};

export function isEverything(intervals: Intervals): boolean {
  return intervals.length === 1 && intervals[0] === everything;
}

/** The values that are in both. */
export function intersect(a: Intervals, b: Intervals): Intervals {
  const both: Interval[] = [];
  for (const left of a) {
    for (const right of b) {
      const low = left.low.bytes.compare(right.low.bytes) >= 0 ? left.low : right.low;
      const high = left.high.bytes.compare(right.high.bytes) <= 0 ? left.high : right.high;
      if (low.bytes.compare(high.bytes) >= 0) continue;
      const whole = [left, right].find((one) => one.low === low && one.high === high);
      const point = left.point ?? right.point;
      both.push(whole ?? { low, high, point });
    }
  }
  return both.sort((x, y) => x.low.bytes.compare(y.low.bytes));
}

/** The values that are in either. */
export function union(a: Intervals, b: Intervals): Intervals {
  const sorted = [...a, ...b].sort(
    (x, y) => x.low.bytes.compare(y.low.bytes) || y.high.bytes.compare(x.high.bytes),
  );
  const merged: Interval[] = [];
  for (const next of sorted) {
    const last = merged[merged.length - 1];
    if (!last || next.low.bytes.compare(last.high.bytes) > 0) merged.push(next);
    else if (next.high.bytes.compare(last.high.bytes) > 0) {
      merged[merged.length - 1] = { low: last.low, high: next.high, point: undefined };
    }
  }
  return merged;
}

/** Whether all of `a` lies within `b`. */
export function isWithin(a: Intervals, b: Intervals): boolean {
  return a.every((one) =>
    b.some(
      (other) => one.low.bytes.compare(other.low.bytes) >= 0 && one.high.bytes.compare(other.high.bytes) <= 0,
    ),
  );
}

/** An edge's bytes as they lie in a field of the given direction. */
export function edgeBytes(bytes: Buffer, descending: boolean): Buffer {
  if (!descending) return bytes;
  if (bytes.length === 1) return Buffer.of(0x100 - (bytes[0] ?? 0));
  const inverted = Buffer.from(bytes.map((byte) => byte ^ 0xff));
  const last = bytes[bytes.length - 1];
  inverted[inverted.length - 1] = last === justBefore ? justAfter : justBefore;
  return inverted;
}

/** The byte ranges of an interval after `body` (the encodings of the fields before). */
export function intervalRange(
  body: Buffer,
  interval: Interval,
  descending: boolean,
): { lower: Buffer; upper: Buffer } {
  const low = edgeBytes(interval.low.bytes, descending);
  const high = edgeBytes(interval.high.bytes, descending);
  return descending
    ? { lower: Buffer.concat([body, high]), upper: Buffer.concat([body, low]) }
    : { lower: Buffer.concat([body, low]), upper: Buffer.concat([body, high]) };
}
