import type { Collator } from '../../../bson/compare.ts';
import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { noDocuments } from '../../../query/stages/batches.ts';
import type { Collection } from '../catalog/collection.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import { compileQuery } from './compiled-query.ts';
import { emptyDocument } from './empty.ts';
import { compileFindSort } from './find-sort.ts';
import { limited } from './limits.ts';
import { matched } from './matched.ts';
import { nearest } from './nearest.ts';
import { planQuery } from './plan-query.ts';
import { readPlan } from './plan-source.ts';
import { checkNearIndex, checkQueryRules } from './query-rules.ts';

export interface MatchingRequest {
  filter: Value | undefined;
  sort?: Value | undefined;
  /** Undefined is no limit. */
  limit?: number | undefined;
  collator: Collator | undefined;
  signal: AbortSignal;
}

/** The matching documents of a collection, through an index where one serves: what commands other than find read. */
export function readMatching(
  state: RocksEngineState,
  collection: Collection | undefined,
  { filter, sort, limit, collator, signal }: MatchingRequest,
): Batches {
  const query = compileQuery(filter ?? emptyDocument, collection, collator);
  checkQueryRules(query, { sort });
  checkNearIndex(query, collection);
  const request = { query, sort, hint: undefined, min: undefined, max: undefined, collator };
  const { winning } = planQuery(collection, request);
  const order = compileFindSort(sort, collator, query.filter);
  if (collection === undefined) return noDocuments();
  const options = { eager: limit === undefined, signal };
  let documents = matched(readPlan(state, collection, winning, options, newScanCounts()), query, signal);
  if (query.near) documents = nearest(documents, query.near);
  if (order && !(winning.kind === 'index' && winning.sorted)) documents = order.run(documents, limit, signal);
  return limit === undefined ? documents : limited(documents, limit);
}
