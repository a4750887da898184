import type { Batches } from '../../../query/context.ts';
import { isIdLookup, type Plan } from '../planner/plan.ts';

/** All but the first `count` documents. */
export async function* skipped(documents: Batches, count: number): Batches {
  let left = count;
  for await (const batch of documents) {
    if (left >= batch.length) {
      left -= batch.length;
      continue;
    }
    const rest = left > 0 ? batch.slice(left) : batch;
    left = 0;
    yield rest;
  }
}

/** The first `count` documents; reads no further than they need. */
export async function* limited(documents: Batches, count: number): Batches {
  let left = count;
  if (left === 0) return;
  for await (const batch of documents) {
    if (batch.length >= left) {
      yield batch.slice(0, left);
      return;
    }
    left -= batch.length;
    yield batch;
  }
}

/**
 * How many documents a plan reads at most under a `maxScan`; undefined is all. mongod ends an index scan at the key that reaches the
 * number, and asks neither for one `_id` nor for text.
 */
export function mostScanned(plan: Plan, maxScan: number | undefined): number | undefined {
  if (maxScan === undefined || plan.kind !== 'index') return maxScan;
  return plan.text || isIdLookup(plan) ? undefined : maxScan - 1;
}
