import type { Value } from '../../../bson/value.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import type { Batches } from '../../../query/context.ts';
import { addMetadata } from '../../../query/metadata.ts';
import type { Collection } from '../catalog/collection.ts';
import type { IndexPlan, Plan } from '../planner/plan.ts';
import { begin } from '../scan/begin.ts';
import { fetchDocuments } from '../scan/fetch.ts';
import { scanIndex, shownValues, type Entry } from '../scan/index-scan.ts';
import { scanRecords } from '../scan/record-scan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';

export interface SourceOptions {
  /** How many documents are wanted at least, where that is known: the first wave fetches no more. */
  expected?: number | undefined;
  /** Give every document its record id as metadata. */
  withIds?: boolean | undefined;
  /** Give every document the index key that found it as metadata. */
  withKeys?: boolean | undefined;
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
  const { prefix } = collection;
  if (prefix === undefined || plan.kind === 'empty') return;
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
  const distinct = plan.kind === 'or' || plan.index.multikey || plan.text !== undefined;
  const keyOf = options.withKeys === true && plan.kind === 'index' ? plan : undefined;
  const onDocument =
    keyOf &&
    ((document: Value, entry: Entry) => void addMetadata(document, { indexKey: keyDocument(keyOf, entry) }));
  yield* fetchDocuments(
    state.database,
    prefix,
    entries,
    { expected: options.expected ?? numberOfKeys(plan), distinct, withIds, onDocument, signal },
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
  const opened = plans.map((plan) => begin(scanIndex(state.database, plan, counts, signal)));
  try {
    for (const entries of opened) yield* entries.items();
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
