import type { DocumentBuilder } from '../../../bson/builder.ts';
import { elements } from '../../../bson/value.ts';
import { prepareOn, type NamedAggregate } from '../commands/aggregate.ts';
import type { CommandContext } from '../commands/command.ts';
import { emptyDocument } from '../query/empty.ts';
import { newReply } from '../reply.ts';
import { appendQueryPlanner } from './explain-find.ts';

/** explain of a pipeline: how its documents are read, then the stages that follow. */
export async function explainAggregate(
  context: CommandContext,
  options: NamedAggregate,
): Promise<DocumentBuilder> {
  const prepared = await prepareOn(context, options.name, options, context.signal);
  const { request, pipeline, query, choice } = prepared;
  const { pushdown } = pipeline;
  const reply = newReply(4096).openArray('stages');
  let stages = request.pipeline;
  if (!pipeline.initial) {
    reply
      .pushDocument()
      .openDocument('$cursor')
      .append('query', pushdown.filter ?? emptyDocument);
    const sorted = choice.winning.kind === 'index' && choice.winning.sorted;
    if (sorted && pushdown.sort) reply.append('sort', pushdown.sort);
    reply.openDocument('queryPlanner');
    const namespace = `${request.db}.${request.collection}`;
    appendQueryPlanner(reply, {
      namespace,
      filter: query.filter,
      choice,
      covers: () => false,
      wrap: (input) => input,
    });
    reply.close().close().close();
    if (pushdown.filter) stages = stages.slice(leadingMatches(prepared.request.pipeline));
  }
  for (const stage of stages) reply.push(stage);
  return reply.close();
}

function leadingMatches(pipeline: readonly Parameters<typeof elements>[0][]): number {
  let count = 0;
  for (const stage of pipeline) {
    const [first] = elements(stage);
    if (first?.name !== '$match') break;
    count++;
  }
  return count;
}
