import type { DocumentBuilder } from '../../../bson/builder.ts';
import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { readDistinctOptions } from '../commands/distinct.ts';
import type { CommandContext } from '../commands/command.ts';
import { namespaceName } from '../options/collection-name.ts';
import { resolveCollator } from '../query/collation.ts';
import { readCountOptions } from '../query/count-options.ts';
import { isCountable } from '../query/covered-count.ts';
import type { IndexPlan } from '../planner/plan.ts';
import { scanIndex } from '../scan/index-scan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import { compileQuery } from '../query/compiled-query.ts';
import { emptyDocument } from '../query/empty.ts';
import { matched } from '../query/matched.ts';
import { planQuery } from '../query/plan-query.ts';
import { readPlan } from '../query/plan-source.ts';
import { checkNearIndex, checkQueryRules } from '../query/query-rules.ts';
import { resolveView } from '../query/resolved-view.ts';
import { countStages, distinctStages } from '../query/views.ts';
import { explainAggregate } from './explain-aggregate.ts';
import { explain, type Explained, type Verbosity } from './explain-find.ts';

/** explain of count: a COUNT over what is read; on a view, of the pipeline that it becomes. */
export async function explainCount(context: CommandContext, verbosity: Verbosity): Promise<DocumentBuilder> {
  const options = readCountOptions(context.command);
  const { name, collation } = options;
  if (await resolveView(context.state, context.db, name)) {
    return explainPipeline(context, name, countStages(options), collation);
  }
  const explained = explainReading(context, options);
  const { winning } = explained.choice;
  return explain(
    context.state,
    {
      ...explained,
      counts: true,
      covers: (plan) => isCountable(plan, explained.filter),
      run: (counts, onMatched) =>
        isCountable(winning, explained.filter)
          ? entriesOf(context, winning, counts)
          : explained.run(counts, onMatched),
      wrap: (input, returned) => ({
        stage: 'COUNT',
        work: { returned: 0, withheld: returned, ended: true },
        stats: (out) => out.int('nCounted', returned).int('nSkipped', 0),
        inputs: [input],
      }),
    },
    verbosity,
  );
}

/** An empty document for each entry. */
async function* entriesOf({ state, signal }: CommandContext, plan: IndexPlan, counts: ScanCounts): Batches {
  for await (const batch of scanIndex(state.database, plan, counts, signal)) {
    yield batch.map(() => emptyDocument);
  }
  counts.ended = true;
}

/** explain of distinct: how its documents are read; on a view, of the pipeline that it becomes. */
export async function explainDistinct(
  context: CommandContext,
  verbosity: Verbosity,
): Promise<DocumentBuilder> {
  const name = namespaceName(context.command);
  const { key, filter, collation } = readDistinctOptions(context.command);
  if (await resolveView(context.state, context.db, name)) {
    return explainPipeline(context, name, distinctStages(key, filter), collation);
  }
  return explain(context.state, explainReading(context, { name, filter, collation }), verbosity);
}

/** explain of a command on a view: of the pipeline that mongod makes of it. */
export function explainPipeline(
  context: CommandContext,
  name: string,
  pipeline: Value[],
  collation: Value | undefined,
): Promise<DocumentBuilder> {
  return explainAggregate(context, { name, pipeline, collation, allowDiskUse: false, explain: true });
}

interface Reading {
  name: string;
  filter: Value;
  collation: Value | undefined;
  hint?: Value | undefined;
}

function explainReading(
  { state, db, signal }: CommandContext,
  { name, filter, collation, hint }: Reading,
): Explained {
  const collection = state.catalog.collection(db, name);
  const collator = resolveCollator(collation, collection);
  const query = compileQuery(filter, collection, collator);
  checkQueryRules(query, { hint });
  checkNearIndex(query, collection);
  const choice = planQuery(collection, {
    query,
    sort: undefined,
    hint,
    min: undefined,
    max: undefined,
    collator,
  });
  return {
    namespace: `${db}.${name}`,
    filter: query.filter,
    choice,
    covers: () => false,
    wrap: (input) => input,
    run: (counts, onMatched) =>
      collection
        ? counted(
            matched(readPlan(state, collection, choice.winning, { signal }, counts), query, signal),
            onMatched,
          )
        : counted(nothing(), onMatched),
  };
}

async function* counted(documents: Batches, onMatched: (documents: number) => void): Batches {
  for await (const batch of documents) {
    onMatched(batch.length);
    yield batch;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* nothing(): Batches {
  yield* [];
}
