import { cursorSignal } from '../cursors/cursor-signal.ts';
import { startCursor } from '../cursors/start-cursor.ts';
import { prepareFind, runFind, settleFind } from '../query/find-documents.ts';
import { readFindOptions } from '../query/find-options.ts';
import { findStages } from '../query/views.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import { aggregateOn } from './aggregate.ts';
import type { Handler } from './command.ts';

/** find. */
const find: Handler = async (context) => {
  const { state, db, command } = context;
  const options = readFindOptions(command);
  const collection = state.catalog.collection(db, options.name);
  const view = collection ? undefined : await state.catalog.view(db, options.name);
  if (view) {
    const pipeline = findStages(options);
    const { batchSize, singleBatch, collation } = options;
    const aggregate = { pipeline, collation, allowDiskUse: false, explain: false };
    return aggregateOn(context, options.name, aggregate, { batchSize, singleBatch });
  }
  const prepared = await settleFind(state, prepareFind(collection, options));
  const singleBatch = options.singleBatch || options.limit === 1;
  // Nothing of a single batch outlives the command, whose own signal will do.
  const lasting = singleBatch ? undefined : cursorSignal(context.signal);
  try {
    return await startCursor(context, {
      namespace: `${db}.${options.name}`,
      documents: runFind(state, prepared, newScanCounts(), lasting?.abort.signal ?? context.signal),
      batchSize: options.batchSize,
      singleBatch,
      limit: options.limit,
      peeks: prepared.sort !== undefined,
      tailable: options.tailable && collection?.capped === true,
      awaitData: options.awaitData,
      timeless: options.noCursorTimeout,
      abort: lasting?.abort,
    });
  } finally {
    lasting?.detach();
  }
};

export const findCommands = { find };
