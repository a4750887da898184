import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import type { RecordId } from '../keystring/record-id.ts';
import type { Conjunct } from '../planner/predicates.ts';

/**
 * The record ids that conditions on `ts` leave of an oplog: its ids are its timestamps, so that a time range is a range of
 * keys.
 */
export function oplogRange(conjuncts: readonly Conjunct[]): {
  from: RecordId | undefined;
  before: RecordId | undefined;
} {
  let from: RecordId | undefined;
  let before: RecordId | undefined;
  const atLeast = (id: RecordId): void => {
    if (from === undefined || id > from) from = id;
  };
  const below = (id: RecordId): void => {
    if (before === undefined || id < before) before = id;
  };
  for (const conjunct of conjuncts) {
    if (conjunct.kind !== 'path' || conjunct.path !== 'ts' || !('value' in conjunct.test)) continue;
    const { op, value } = conjunct.test;
    const id = idOf(value);
    if (id === undefined) continue;
    if (op === 'eq' || op === 'gte') atLeast(id);
    if (op === 'gt') atLeast(id + 1n);
    if (op === 'eq' || op === 'lte') below(id + 1n);
    if (op === 'lt') below(id);
  }
  return { from, before };
}

function idOf(value: Value): RecordId | undefined {
  if (value.type !== BsonType.timestamp) return undefined;
  const id = value.bytes.readBigUInt64LE(value.start);
  return id < 1n << 62n ? id : undefined;
}
