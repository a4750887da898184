import type { Collator } from '../../../bson/compare.ts';
import type { Value } from '../../../bson/value.ts';
import { parseCollation, sameCollation } from '../../../query/collation.ts';
import type { Batches } from '../../../query/context.ts';
import { CommandError, failedToParse } from '../../../query/errors.ts';
import { joinedCollections } from '../../../query/stages/form.ts';
import { compilePipeline } from '../../../query/stages/pipeline.ts';
import { noDocuments } from '../../../query/stages/batches.ts';
import type { Pipeline } from '../../../query/stages/stage.ts';
import type { Collection } from '../catalog/collection.ts';
import type { Choice } from '../planner/choose.ts';
import { settleChoice } from '../planner/settle.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import { compileQuery, type CompiledQuery } from './compiled-query.ts';
import { emptyDocument } from './empty.ts';
import { matchingDocuments } from './matching-documents.ts';
import { nearest } from './nearest.ts';
import { planQuery } from './plan-query.ts';
import { checkQueryRules } from './query-rules.ts';
import { resolveView } from './resolved-view.ts';

export interface AggregateRequest {
  db: string;
  /** The collection that is read: views are resolved before. */
  collection: string;
  pipeline: Value[];
  collator: Collator | undefined;
  allowDiskUse: boolean;
  signal: AbortSignal;
}

/** A pipeline made ready to run. */
export interface PreparedAggregate {
  request: AggregateRequest;
  pipeline: Pipeline;
  collection: Collection | undefined;
  query: CompiledQuery;
  choice: Choice;
}

/** Parses, compiles and plans a pipeline on a collection. Throws CommandError. */
export async function prepareAggregate(
  state: RocksEngineState,
  request: AggregateRequest,
): Promise<PreparedAggregate> {
  const { db, collator, signal, allowDiskUse } = request;
  const context = { db, collator, signal, host: state.host(signal) };
  const pipeline = compilePipeline(request.pipeline, context, {
    collection: request.collection,
    allowDiskUse,
  });
  await checkJoinedViews(state, request);
  const collection = state.catalog.collection(db, request.collection);
  const { pushdown } = pipeline;
  const query = compileQuery(pushdown.filter ?? emptyDocument, collection, collator);
  checkQueryRules(query, {});
  const planned = planQuery(pipeline.initial ? undefined : collection, {
    query,
    sort: pushdown.sort,
    hint: undefined,
    min: undefined,
    max: undefined,
    collator,
  });
  const choice = await settleChoice(state.database, planned);
  return { request, pipeline, collection, query, choice };
}

/** A view that is joined must have the collation of the pipeline. Throws OptionNotSupportedOnView, and 9 for a view without an end. */
async function checkJoinedViews(state: RocksEngineState, request: AggregateRequest): Promise<void> {
  const { db, collator, pipeline } = request;
  for (const name of joinedCollections(pipeline)) {
    const view = await resolveView(state, db, name).catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      throw failedToParse(`Failed to resolve view '${db}.${name}': ${error.message}`);
    });
    if (view && !sameCollation(view.collation && parseCollation(view.collation), collator)) {
      throw new CommandError(
        167,
        'OptionNotSupportedOnView',
        `Cannot override default collation of view ${db}.${name}`,
      );
    }
  }
}

/** Runs a prepared pipeline. */
export function runAggregate(state: RocksEngineState, prepared: PreparedAggregate): Batches {
  const { request, pipeline, collection, query, choice } = prepared;
  const { signal } = request;
  if (pipeline.initial || collection === undefined) return pipeline.run(noDocuments());
  const { pushdown } = pipeline;
  const sorted = choice.winning.kind === 'index' && choice.winning.sorted;
  const limit = pushdown.sort === undefined || sorted ? pushdown.limit : undefined;
  const eager = needsAll(pipeline);
  const options = { expected: limit, eager, signal };
  let documents = matchingDocuments(state, collection, choice.winning, query, options, newScanCounts());
  if (query.near) documents = nearest(documents, query.near);
  return pipeline.run(documents, { filter: pushdown.filter !== undefined, sort: sorted });
}

/** Stages that give nothing before they have read everything. */
const blocking = new Set(['$group', '$sort', '$sample', '$bucketAuto', '$facet']);

/** Whether the first result of a pipeline needs all documents that match. */
function needsAll({ stages }: Pipeline): boolean {
  const first = stages.find(({ name, hints }) => blocking.has(name) || hints?.limit !== undefined);
  return first !== undefined && blocking.has(first.name);
}
