import { parseCollation } from '../../../query/collation.ts';
import { CommandError } from '../../../query/errors.ts';
import type { RocksEngineState } from '../state.ts';
import { prepareAggregate, runAggregate } from './aggregate-documents.ts';
import type { CountRequest } from './count-documents.ts';
import { emptyDocument } from './empty.ts';
import { resolveView } from './resolved-view.ts';
import { checkViewCollation, stage } from './views.ts';

/** How many documents of a view match. Throws CommandError. */
export async function countView(state: RocksEngineState, request: CountRequest): Promise<number> {
  const { db, name, signal } = request;
  if (request.hint) {
    throw new CommandError(168, 'InvalidPipelineOperator', 'Option hint not supported in aggregation.');
  }
  const view = await resolveView(state, db, name);
  if (view === undefined) return 0;
  checkViewCollation(request.collation, view);
  const prepared = await prepareAggregate(state, {
    db,
    collection: view.collection,
    pipeline: [...view.pipeline, stage('$match', request.filter ?? emptyDocument)],
    collator: view.collation && parseCollation(view.collation),
    allowDiskUse: false,
    signal,
  });
  let count = 0;
  for await (const batch of runAggregate(state, prepared)) {
    count += batch.length;
    if (request.atMost !== undefined && BigInt(count) >= request.atMost) return Number(request.atMost);
  }
  return count;
}
