import type { Value } from '../../../bson/value.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { recordIdsOf, valuesOf } from '../keystring/index-entry.ts';
import type { RecordId } from '../keystring/record-id.ts';
import type { KeyRange } from '../planner/key-ranges.ts';
import type { IndexPlan } from '../planner/plan.ts';
import { keyIn, tableEnd } from '../prefix.ts';
import { entryError } from './damaged-document.ts';
import { scanDatabase } from './database-scan.ts';
import { begin } from './begin.ts';
import { keyFilter } from './key-filter.ts';
import type { ScanCounts } from './scan-counts.ts';

/** An entry of an index: where its document is, and the bytes for what wants the values. */
export interface Entry {
  id: RecordId;
  key: Buffer;
  value: Buffer;
}

/** How many scans of ranges are begun ahead of the one that is read, and how many keys are looked up at once. */
const rangesAhead = 16;
const lookupsAtOnce = 256;

/** The entries that a plan selects, in the plan's order. Throws engineDamaged. */
export async function* scanIndex(
  database: Database,
  plan: IndexPlan,
  counts: ScanCounts,
  signal: AbortSignal,
): AsyncGenerator<Entry[]> {
  const ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges;
  const exact = ranges.flatMap((range) => range.exact ?? []);
  if (ranges.length > 0 && exact.length === ranges.length) {
    yield* lookUp(database, plan, exact, counts, signal);
    return;
  }
  const passes = keyFilter(plan);
  // Several ranges are begun together, so that their first blocks arrive in one round trip.
  for (let at = 0; at < ranges.length; at += rangesAhead) {
    const opened = ranges
      .slice(at, at + rangesAhead)
      .map((range) => begin(rangeEntries(database, plan, range, passes, counts, signal)));
    try {
      for (const entries of opened) yield* entries.items();
    } finally {
      await Promise.all(opened.map((entries) => entries.close()));
    }
  }
}

async function* rangeEntries(
  database: Database,
  plan: IndexPlan,
  range: KeyRange,
  passes: ((key: Buffer) => boolean) | undefined,
  counts: ScanCounts,
  signal: AbortSignal,
): AsyncGenerator<Entry[]> {
  const { prefix } = plan.index.table;
  counts.seeks++;
  const lower = keyIn(prefix, range.lower);
  const upper =
    range.upper.length === 1 && range.upper[0] === 0xff ? tableEnd(prefix) : keyIn(prefix, range.upper);
  for await (const batch of scanDatabase(database, { lower, upper, reverse: plan.reverse, signal })) {
    const entries: Entry[] = [];
    for (let i = 0; i < batch.length; i++) {
      const key = batch.key(i);
      const value = batch.value(i);
      counts.keys++;
      for (const id of idsOf(plan, key, value, passes)) entries.push({ id, key, value });
    }
    counts.entries += entries.length;
    if (entries.length > 0) yield entries;
  }
}

async function* lookUp(
  database: Database,
  plan: IndexPlan,
  keys: Buffer[],
  counts: ScanCounts,
  signal: AbortSignal,
): AsyncGenerator<Entry[]> {
  const { prefix } = plan.index.table;
  for (let at = 0; at < keys.length; at += lookupsAtOnce) {
    const wave = keys.slice(at, at + lookupsAtOnce).map((key) => keyIn(prefix, key));
    counts.seeks += wave.length;
    const values = await database.getMany(wave, signal);
    const entries = values.flatMap((value, i) => {
      const key = wave[i];
      if (value === undefined || key === undefined) return [];
      counts.keys++;
      return idsOf(plan, key, value).map((id) => ({ id, key, value }));
    });
    counts.entries += entries.length;
    if (entries.length > 0) yield entries;
  }
}

/** The record ids of an entry; none if its key does not pass. */
function idsOf(plan: IndexPlan, key: Buffer, value: Buffer, passes?: (key: Buffer) => boolean): RecordId[] {
  try {
    return passes?.(key) === false ? [] : recordIdsOf(key, value, plan.index.table.layout, 4);
  } catch (error) {
    throw entryError(plan.index.name, key, error);
  }
}

/** The values of an entry as mongod 3.4 shows them: exact, but for the decimals that it reads wrongly. Throws engineDamaged. */
export function shownValues(plan: IndexPlan, { key, value }: { key: Buffer; value: Buffer }): Value[] {
  const { layout } = plan.index.table;
  try {
    return valuesOf(key, value, layout, 4, true);
  } catch {
    // What is no number when it is read wrongly would end mongod.
    return entryValues(plan, { key, value });
  }
}

/** The values of an entry with their exact types. Throws engineDamaged. */
export function entryValues(plan: IndexPlan, { key, value }: { key: Buffer; value: Buffer }): Value[] {
  try {
    return valuesOf(key, value, plan.index.table.layout, 4);
  } catch (error) {
    throw entryError(plan.index.name, key, error);
  }
}
