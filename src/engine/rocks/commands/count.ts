import type { DocumentBuilder } from '../../../bson/builder.ts';
import { field } from '../../../bson/value.ts';
import { runAggregate } from '../query/aggregate-documents.ts';
import { appendCount } from '../query/append-count.ts';
import { countDocuments } from '../query/count-documents.ts';
import { readCountOptions, type CountOptions } from '../query/count-options.ts';
import { countStages } from '../query/views.ts';
import { newReply } from '../reply.ts';
import { prepareOn } from './aggregate.ts';
import type { CommandContext, Handler } from './command.ts';

/** count: always of what is there, never of the counters, which lag in a backup. */
const count: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const options = readCountOptions(command);
  const { name, filter, hint, collation, skip = 0n, limit = 0n } = options;
  if (state.catalog.collection(db, name) === undefined && (await state.catalog.view(db, name))) {
    return countOfView(context, options);
  }
  const atMost = limit === 0n ? undefined : skip + limit;
  const found = await countDocuments(state, { db, name, filter, hint, collation, atMost, signal });
  const rest = BigInt(found) > skip ? BigInt(found) - skip : 0n;
  const n = limit !== 0n && rest > limit ? limit : rest;
  return appendCount(newReply(), 'n', Number(n));
};

/** mongod makes a pipeline of it, so a limit of 0 is refused as $limit refuses it. */
async function countOfView(context: CommandContext, options: CountOptions): Promise<DocumentBuilder> {
  const { name, collation } = options;
  const aggregate = { pipeline: countStages(options), collation, allowDiskUse: false, explain: false };
  const prepared = await prepareOn(context, name, aggregate, context.signal);
  for await (const [document] of runAggregate(context.state, prepared)) {
    const n = document && field(document, 'count');
    if (n) return newReply().append('n', n);
  }
  return newReply().int('n', 0);
}

export const countCommands = { count };
