import type { Value } from '../../../bson/value.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import type { Batches } from '../../../query/context.ts';
import { addMetadata } from '../../../query/metadata.ts';
import { recordsOf, type Collection } from '../catalog/collection.ts';
import type { Covering } from '../planner/covering.ts';
import type { IndexPlan, Plan } from '../planner/plan.ts';
import { begin } from '../scan/begin.ts';
import { coveredDocuments } from '../scan/covered.ts';
import { fetchDocuments } from '../scan/fetch.ts';
import { scanIndex, shownValues, type Entry } from '../scan/index-scan.ts';
import { scanRecords } from '../scan/record-scan.ts';
import { newScanCounts, type ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import type { Prefix } from '../prefix.ts';

export interface SourceOptions {
  /** How many documents are wanted at least, where that is known: the first wave fetches no more. */
  expected?: number | undefined;
  /** Give every document its record id as metadata. */
  withIds?: boolean | undefined;
  /** Give every document the index key that found it as metadata. */
  withKeys?: boolean | undefined;
  /** Nothing but these fields is needed, and the plan's index has them. */
  covering?: Covering | undefined;
  /** Whoever asks needs all documents before it can say anything. */
  eager?: boolean | undefined;
  signal: AbortSignal;
}

/** The documents that a plan reads; the filter is still to be applied. */
export async function* readPlan(
  state: RocksEngineState,
  collection: Collection,
  plan: Plan,
  options: SourceOptions,
  counts: ScanCounts,
): Batches {
  if (plan.kind === 'empty') return;
  yield* readEntries(state, recordsOf(collection), plan, options, counts);
  counts.ended = true;
}

async function* readEntries(
  state: RocksEngineState,
  prefix: Prefix,
  plan: Exclude<Plan, { kind: 'empty' }>,
  options: SourceOptions,
  counts: ScanCounts,
): Batches {
  const { signal, withIds, eager } = options;
  if (plan.kind === 'collection') {
    const { reverse, from, before } = plan;
    yield* scanRecords(state.database, prefix, { reverse, from, before, withIds, eager, signal }, counts);
    return;
  }
  const entries =
    plan.kind === 'index'
      ? scanIndex(state.database, plan, counts, signal)
      : branches(state, plan.branches, counts, signal);
  const expected = options.expected ?? numberOfKeys(plan);
  const { covering } = options;
  if (covering && plan.kind === 'index') {
    const waves = { expected, withIds, signal };
    yield* coveredDocuments(state.database, prefix, plan, covering, entries, waves, counts);
    return;
  }
  const distinct = plan.kind === 'or' || plan.index.multikey || plan.text !== undefined;
  const keyOf = options.withKeys === true && plan.kind === 'index' ? plan : undefined;
  const onDocument =
    keyOf &&
    ((document: Value, entry: Entry) => void addMetadata(document, { indexKey: keyDocument(keyOf, entry) }));
  yield* fetchDocuments(
    state.database,
    prefix,
    entries,
    { expected, distinct, withIds, onDocument, signal },
    counts,
  );
}

/** How many entries a plan that looks up single keys finds at most; undefined for one that scans. */
function numberOfKeys(plan: Plan): number | undefined {
  if (plan.kind !== 'index' || plan.ranges.some(({ exact }) => exact === undefined)) return undefined;
  return plan.ranges.length;
}

async function* branches(
  state: RocksEngineState,
  plans: readonly IndexPlan[],
  counts: ScanCounts,
  signal: AbortSignal,
): AsyncGenerator<Entry[]> {
  counts.branches = plans.map(newScanCounts);
  const opened = plans.map((plan, at) =>
    begin(scanIndex(state.database, plan, counts.branches[at] ?? newScanCounts(), signal)),
  );
  try {
    for (const [at, branch] of opened.entries()) {
      for await (const entries of branch.items()) {
        counts.entries += entries.length;
        yield entries;
      }
      const own = counts.branches[at];
      if (own) own.ended = true;
    }
  } finally {
    await Promise.all(opened.map((entries) => entries.close()));
  }
}

/** An index key as `returnKey` shows it: the values under the names of the key pattern. */
function keyDocument(plan: IndexPlan, entry: Entry): Value {
  const builder = new DocumentBuilder();
  shownValues(plan, entry).forEach((value, at) => {
    builder.append(plan.index.fields[at]?.path ?? '', value);
  });
  return builder.finish();
}
