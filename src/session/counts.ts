import type { ReadCounts } from '../blocks/block-reader.ts';

export const noCounts: ReadCounts = { requests: 0, bytesFetched: 0, bytesUsed: 0, hits: 0, waitedMs: 0 };

export function addCounts(a: ReadCounts, b: ReadCounts): ReadCounts {
  return combine(a, b, 1);
}

/** What happened between `before` and `after`. */
export function subtractCounts(after: ReadCounts, before: ReadCounts): ReadCounts {
  return combine(after, before, -1);
}

function combine(a: ReadCounts, b: ReadCounts, sign: 1 | -1): ReadCounts {
  return {
    requests: a.requests + sign * b.requests,
    bytesFetched: a.bytesFetched + sign * b.bytesFetched,
    bytesUsed: a.bytesUsed + sign * b.bytesUsed,
    hits: a.hits + sign * b.hits,
    waitedMs: a.waitedMs + sign * b.waitedMs,
  };
}
