import type { DocumentBuilder } from '../../../bson/builder.ts';
import { hostname } from 'node:os';
import type { Value } from '../../../bson/value.ts';
import type { MatchNode } from '../../../query/match/tree.ts';
import type { Batches } from '../../../query/context.ts';
import type { Choice } from '../planner/choose.ts';
import type { PreparedFind } from '../query/find-documents.ts';
import { newReply } from '../reply.ts';
import { newScanCounts, type ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import { describePlan, type Measured } from './describe-plan.ts';
import { appendStage, type ExplainStage } from './explain-stage.ts';
import { parsedQuery } from './parsed-query.ts';
import { remainingFilter } from './remaining-filter.ts';

export type Verbosity = 'queryPlanner' | 'executionStats' | 'allPlansExecution';

/** A query to explain: how it is planned, and how to run it. */
export interface Explained {
  namespace: string;
  filter: MatchNode;
  choice: Choice;
  /** Puts what happens after reading around the reading stage. */
  wrap(input: ExplainStage, returned: number): ExplainStage;
  /** Runs the query; counts what is read and matched. */
  run(counts: ScanCounts, onMatched: (documents: number) => void): Batches;
}

/** The reply of explain in mongod 3.4's shape, with what was fetched from the store. */
export async function explain(
  state: RocksEngineState,
  explained: Explained,
  verbosity: Verbosity,
): Promise<DocumentBuilder> {
  const { choice } = explained;
  const reply = newReply(4096).openDocument('queryPlanner');
  appendQueryPlanner(reply, explained);
  reply.close();
  if (verbosity !== 'queryPlanner') {
    const { counts: reads } = state.reader;
    const before = { ...reads };
    const started = Date.now();
    const counts = newScanCounts();
    const measured: Measured = { counts, matched: 0 };
    let returned = 0;
    const documents = explained.run(counts, (count) => (measured.matched += count));
    for await (const batch of documents) returned += batch.length;
    reply.openDocument('executionStats').bool('executionSuccess', true).int('nReturned', returned);
    reply.int('executionTimeMillis', Date.now() - started);
    reply.int('totalKeysExamined', counts.keys).int('totalDocsExamined', counts.documents);
    reply.openDocument('executionStages');
    const reading = describePlan(choice.winning, remainingFilter(explained.filter, choice.winning), measured);
    appendStage(reply, explained.wrap(reading, returned), true);
    reply
      .close()
      .openDocument('fetched')
      .int('requests', reads.requests - before.requests);
    reply.long('bytes', BigInt(reads.bytesFetched - before.bytesFetched)).close();
    if (verbosity === 'allPlansExecution') reply.openArray('allPlansExecution').close();
    reply.close();
  }
  appendServerInfo(reply, state);
  return reply;
}

/** Appends plannerVersion to rejectedPlans to the open document. */
export function appendQueryPlanner(
  reply: DocumentBuilder,
  { namespace, filter, choice, wrap }: Pick<Explained, 'namespace' | 'filter' | 'choice' | 'wrap'>,
): void {
  const plan = (candidate: Choice['winning']): ExplainStage =>
    wrap(describePlan(candidate, remainingFilter(filter, candidate), undefined), 0);
  reply.int('plannerVersion', 1).string('namespace', namespace).bool('indexFilterSet', false);
  reply.append('parsedQuery', parsedQuery(filter)).openDocument('winningPlan');
  appendStage(reply, plan(choice.winning), false);
  reply.close().openArray('rejectedPlans');
  for (const rejected of choice.rejected) {
    reply.pushDocument();
    appendStage(reply, plan(rejected), false);
    reply.close();
  }
  reply.close();
}

function appendServerInfo(reply: DocumentBuilder, { version }: RocksEngineState): void {
  reply.openDocument('serverInfo').string('host', hostname()).int('port', 0);
  reply.string('version', version).string('gitVersion', 'mongoq').close();
}

/** What a find does with the documents that match. */
export function wrapFind({ options, sort, output }: PreparedFind): Explained['wrap'] {
  return (input, returned) => {
    let stage = input;
    const stats = (out: DocumentBuilder): DocumentBuilder => out.int('nReturned', returned);
    const over = (name: string, details: (out: DocumentBuilder) => void): void => {
      stage = { stage: name, stats, details, inputs: [stage] };
    };
    const { skip, limit, projection } = options;
    if (sort && options.sort) {
      const pattern: Value = options.sort;
      over('SORT_KEY_GENERATOR', () => undefined);
      over('SORT', (out) => {
        out.append('sortPattern', pattern);
        if (limit !== undefined) out.int('limitAmount', skip + limit);
      });
    }
    if (skip > 0) over('SKIP', (out) => out.int('skipAmount', skip));
    if (projection && output.projection) over('PROJECTION', (out) => out.append('transformBy', projection));
    if (limit !== undefined && !sort) over('LIMIT', (out) => out.int('limitAmount', limit));
    return stage;
  };
}
