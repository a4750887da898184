import { stringOf } from '../../../bson/access.ts';
import type { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, field, type Value } from '../../../bson/value.ts';
import { CommandError, failedToParse } from '../../../query/errors.ts';
import { explainCount, explainDistinct, explainPipeline } from '../explain/explain-count.ts';
import { explain, wrapFind, type Verbosity } from '../explain/explain-find.ts';
import { firstValue } from '../options/collection-name.ts';
import { findCovering, prepareFind, runFind, settleFind } from '../query/find-documents.ts';
import { readFindOptions } from '../query/find-options.ts';
import { resolveView } from '../query/resolved-view.ts';
import { findStages } from '../query/views.ts';
import { readAggregateOptions } from './aggregate.ts';
import { explainAggregate } from '../explain/explain-aggregate.ts';
import type { CommandContext, Handler } from './command.ts';

/** explain of find, count, distinct and aggregate. */
const explainCommand: Handler = (context) => {
  const inner = firstValue(context.command);
  if (inner?.isDocument() !== true) throw failedToParse('explain command requires a nested object');
  const verbosity = verbosityOf(context.command);
  const [first] = elements(inner);
  const nested: CommandContext = { ...context, name: first?.name ?? '', command: inner };
  switch (nested.name) {
    case 'find':
      return explainFind(nested, verbosity);
    case 'count':
      return explainCount(nested, verbosity);
    case 'distinct':
      return explainDistinct(nested, verbosity);
    case 'aggregate':
      return explainAggregate(nested, readAggregateOptions(inner));
    default:
      throw new CommandError(59, 'CommandNotFound', `Explain failed due to unknown command: ${nested.name}`);
  }
};

function verbosityOf(command: Value): Verbosity {
  const value = field(command, 'verbosity');
  if (value === undefined) return 'allPlansExecution';
  const text = value.type === BsonType.string ? stringOf(value) : '';
  if (text === 'queryPlanner' || text === 'executionStats' || text === 'allPlansExecution') return text;
  throw failedToParse(
    "verbosity string must be one of {'queryPlanner', 'executionStats', 'allPlansExecution'}",
  );
}

async function explainFind(context: CommandContext, verbosity: Verbosity): Promise<DocumentBuilder> {
  const { state, db, command, signal } = context;
  const options = readFindOptions(command);
  if (await resolveView(state, db, options.name)) {
    return explainPipeline(context, options.name, findStages(options), options.collation);
  }
  const collection = state.catalog.collection(db, options.name);
  const prepared = await settleFind(state, prepareFind(collection, options));
  return explain(
    state,
    {
      namespace: `${db}.${options.name}`,
      filter: prepared.query.filter,
      choice: prepared.choice,
      covers: (plan) => findCovering(prepared, plan) !== undefined,
      wrap: wrapFind(prepared),
      run: (counts, onMatched) => runFind(state, prepared, counts, signal, onMatched),
    },
    verbosity,
  );
}

export const explainCommands = { explain: explainCommand };
