import { numberOf, stringOf } from '../../../bson/access.ts';
import { compareValues } from '../../../bson/compare.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, type Value } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
import type { Collection, Index } from '../catalog/collection.ts';
import { planIndex, type Wanted } from '../planner/candidate.ts';
import type { Plan } from '../planner/plan.ts';

/** The direction of `{$natural: n}`, or undefined if the document is no such. */
export function naturalDirection(document: Value | undefined): 'forward' | 'reverse' | undefined {
  if (document?.isDocument() !== true) return undefined;
  for (const { name, value } of elements(document)) {
    if (name === '$natural') return (numberOf(value) ?? 1) < 0 ? 'reverse' : 'forward';
  }
  return undefined;
}

/** The index that a hint names or whose key pattern it is. Throws BadValue ("bad hint"). */
export function hintedIndex(collection: Collection, hint: Value): Index {
  const index =
    hint.type === BsonType.string
      ? collection.indexes.find(({ name }) => name === stringOf(hint))
      : collection.indexes.find(({ keyPattern }) => compareValues(keyPattern, hint) === 0);
  if (index?.table === undefined) {
    throw badValue(`error processing query: ns=${collection.namespace} planner returned error: bad hint`);
  }
  return index;
}

/** The plan that a hint asks for: over the whole index if the filter cannot bound it, even where it lacks documents. */
export function hintedPlan(collection: Collection, hint: Value, wanted: Wanted): Plan {
  const natural = naturalDirection(hint);
  if (natural) return { kind: 'collection', reverse: natural === 'reverse' };
  const plan = planIndex(hintedIndex(collection, hint), wanted, true);
  if (plan === undefined) throw badValue('bad hint');
  return plan;
}
