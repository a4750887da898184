import type { Value } from '../../../bson/value.ts';
import type { Index } from '../catalog/collection.ts';
import { boundsOf } from './bounds.ts';
import { isWithin, type Intervals } from './intervals.ts';
import { parseFilter } from '../../../query/match/parse.ts';
import { conjunctsOf, type Conjunct, type PathConjunct } from './predicates.ts';

const nullKey = Buffer.of(0x14);

/** Whether a value range takes in null, which also stands for missing fields. */
export function includesNull(intervals: Intervals): boolean {
  return intervals.some(
    ({ low, high }) => low.bytes.compare(Buffer.of(0x15)) < 0 && high.bytes.compare(nullKey) > 0,
  );
}

/**
 * Whether every document that passes the conjuncts is in a partial index: each part of the index's filter must follow
 * from one of them.
 */
export function impliesFilter(conjuncts: readonly Conjunct[], partialFilter: Value): boolean {
  return conjunctsOf(parseFilter(partialFilter, {})).every((needed) => {
    if (needed.kind !== 'path') return false;
    return conjuncts.some(
      (given) => given.kind === 'path' && given.path === needed.path && implies(given, needed),
    );
  });
}

function implies(given: PathConjunct, needed: PathConjunct): boolean {
  const context = { version: 1, collated: false } as const;
  const from = boundsOf(given.test, context);
  if (from === undefined) return false;
  if (needed.test.op === 'exists') return given.test.op === 'exists' || !includesNull(from);
  if (!needed.exact || given.test.op === 'exists') return false;
  const to = boundsOf(needed.test, context);
  return to !== undefined && isWithin(from, to);
}

/** Whether the index holds an entry for every document of the collection. */
export function isComplete({ type, sparse, partialFilter }: Index): boolean {
  return !sparse && partialFilter === undefined && (type === 'btree' || type === 'hashed');
}
