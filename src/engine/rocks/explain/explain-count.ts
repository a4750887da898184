import type { DocumentBuilder } from '../../../bson/builder.ts';
import { field } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { documentOption, hintOption } from '../commands/count.ts';
import type { CommandContext } from '../commands/command.ts';
import { collectionName } from '../options/collection-name.ts';
import { resolveCollator } from '../query/collation.ts';
import { isCountable } from '../query/covered-count.ts';
import type { IndexPlan } from '../planner/plan.ts';
import { scanIndex } from '../scan/index-scan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import { compileQuery } from '../query/compiled-query.ts';
import { emptyDocument } from '../query/empty.ts';
import { matched } from '../query/matched.ts';
import { planQuery } from '../query/plan-query.ts';
import { readPlan } from '../query/plan-source.ts';
import { explain, type Explained, type Verbosity } from './explain-find.ts';

/** explain of count: a COUNT over what is read. */
export function explainCount(context: CommandContext, verbosity: Verbosity): Promise<DocumentBuilder> {
  const explained = explainReading(context);
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

/** explain of distinct: how its documents are read. */
export function explainDistinct(context: CommandContext, verbosity: Verbosity): Promise<DocumentBuilder> {
  return explain(context.state, explainReading(context), verbosity);
}

function explainReading({ state, db, command, signal }: CommandContext): Explained {
  const name = collectionName(command);
  const collection = state.catalog.collection(db, name);
  const collator = resolveCollator(documentOption(command, 'collation'), collection);
  const given = field(command, 'query');
  const query = compileQuery(given?.isDocument() === true ? given : emptyDocument, collection, collator);
  const hint = hintOption(command);
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
