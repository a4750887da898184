import type { Collator } from '../../../bson/compare.ts';
import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { badValue } from '../../../query/errors.ts';
import type { Collection } from '../catalog/collection.ts';
import type { Choice } from '../planner/choose.ts';
import { coveringOf, type Covering } from '../planner/covering.ts';
import type { Plan } from '../planner/plan.ts';
import { settleChoice } from '../planner/settle.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import { checkCapped } from './capped-rules.ts';
import { compileQuery, type CompiledQuery } from './compiled-query.ts';
import { resolveCollator } from './collation.ts';
import type { FindOptions } from './find-options.ts';
import { heededOptions } from './heeded-options.ts';
import { compileFindSort, type FindSort } from './find-sort.ts';
import { compileOutput, type FindOutput } from './find-output.ts';
import { limited, mostScanned, skipped } from './limits.ts';
import { matched } from './matched.ts';
import { matchingDocuments } from './matching-documents.ts';
import { nearest } from './nearest.ts';
import { planQuery } from './plan-query.ts';
import { checkMetaSort, checkNearIndex, checkQueryRules } from './query-rules.ts';
import { readPlan } from './plan-source.ts';
import { readNearest } from './read-nearest.ts';

/** A find made ready to run. */
export interface PreparedFind {
  collection: Collection | undefined;
  options: FindOptions;
  query: CompiledQuery;
  collator: Collator | undefined;
  choice: Choice;
  /** How the documents are sorted after reading; undefined if they come in order or need none. */
  sort: FindSort | undefined;
  output: FindOutput;
}

/** Parses, compiles and plans a find on a collection. Throws CommandError. */
export function prepareFind(collection: Collection | undefined, options: FindOptions): PreparedFind {
  const collator = resolveCollator(options.collation, collection);
  const query = compileQuery(options.filter, collection, collator);
  const sort = compileFindSort(options.sort, collator, query.filter);
  const output = compileOutput(options, query, collator, sort);
  checkQueryRules(query, options);
  if (output.projection?.metas.has('sortKey') === true && options.sort === undefined) {
    throw badValue('cannot use sortKey $meta projection without a sort');
  }
  checkMetaSort(options.sort, output.projection);
  checkNearIndex(query, collection, options.hint);
  checkCapped(collection, query.filter, options);
  const choice = planQuery(collection, {
    query,
    // The documents of a $near come by distance, whatever index reads them: only a sort after it counts.
    sort: query.near ? undefined : options.sort,
    ...heededOptions(collection, options),
    collator,
  });
  const ordered = choice.winning.kind === 'index' && choice.winning.sorted;
  return { collection, options, query, collator, choice, sort: ordered ? undefined : sort, output };
}

/** Looks at the sizes of the candidate plans, where there are several. */
export async function settleFind(
  { database }: RocksEngineState,
  prepared: PreparedFind,
): Promise<PreparedFind> {
  return { ...prepared, choice: await settleChoice(database, prepared.choice) };
}

/** How a plan's index answers a find without its documents; undefined if it does not. */
export function findCovering(
  { options, collator, query, sort, output }: PreparedFind,
  plan: Plan,
): Covering | undefined {
  if (output.needsKeys || collator !== undefined) return undefined;
  const { projection } = output;
  return coveringOf(plan, query.filter, projection?.requiredPaths, sort && options.sort);
}

/** Runs a prepared find. */
export function runFind(
  state: RocksEngineState,
  prepared: PreparedFind,
  counts: ScanCounts,
  signal: AbortSignal,
  onMatched?: (documents: number) => void,
): Batches {
  const { collection, options, query, choice, sort, output } = prepared;
  if (collection === undefined) return nothing();
  const { skip, limit } = options;
  const covering = findCovering(prepared, choice.winning);
  const wanted = limit === undefined ? undefined : skip + limit;
  const { winning } = choice;
  if (query.near && winning.kind === 'index' && winning.near && !output.needsKeys) {
    const plan = { ...winning, near: winning.near };
    const request = { collection, query, near: query.near, plan, signal, onMatched };
    const found = readNearest(state, { ...request, wanted: sort ? undefined : wanted }, counts);
    return finished(found, prepared, signal);
  }
  // Between equal sort keys record ids decide; a collection scan brings them in order.
  const sortNeedsIds = sort !== undefined && (winning.kind !== 'collection' || winning.reverse);
  const reading = {
    expected: sort || query.near ? undefined : wanted,
    eager: sort !== undefined || query.near !== undefined,
    withIds: output.needsIds || sortNeedsIds,
    withKeys: output.needsKeys,
    covering,
    first: sort && options.sort && wanted !== undefined ? { sort: options.sort, limit: wanted } : undefined,
    // Who asks how many matched wants to know what one thread looks at.
    alone: onMatched !== undefined,
    signal,
  };
  const most = mostScanned(winning, options.maxScan);
  let documents =
    most === undefined
      ? matchingDocuments(state, collection, winning, query, reading, counts)
      : matched(limited(readPlan(state, collection, winning, reading, counts), most), query, signal);
  if (onMatched) documents = observed(documents, onMatched);
  if (query.near) documents = nearest(documents, query.near);
  return finished(documents, prepared, signal);
}

/** The documents sorted, cut and put out as the find asks for. */
function finished(found: Batches, { options, sort, output }: PreparedFind, signal: AbortSignal): Batches {
  const { skip, limit } = options;
  const wanted = limit === undefined ? undefined : skip + limit;
  let documents = found;
  if (sort) documents = sort.run(documents, wanted, signal);
  if (skip > 0) documents = skipped(documents, skip);
  if (limit !== undefined) documents = limited(documents, limit);
  return output.apply ? mapped(documents, output.apply) : documents;
}

async function* observed(documents: Batches, onMatched: (documents: number) => void): Batches {
  for await (const batch of documents) {
    onMatched(batch.length);
    yield batch;
  }
}

async function* mapped(documents: Batches, output: (document: Value) => Value): Batches {
  for await (const batch of documents) yield batch.map(output);
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* nothing(): Batches {
  yield* [];
}
