import type { DocumentBuilder } from '../../../bson/builder.ts';
import { hostname } from 'node:os';
import type { Value } from '../../../bson/value.ts';
import { maxSortBytes } from '../../../query/sort/sorter.ts';
import type { MatchNode } from '../../../query/match/tree.ts';
import type { Batches } from '../../../query/context.ts';
import type { Choice } from '../planner/choose.ts';
import type { Plan } from '../planner/plan.ts';
import { appendCount } from '../query/append-count.ts';
import type { PreparedFind } from '../query/find-documents.ts';
import { newReply } from '../reply.ts';
import { allKeys, newScanCounts, type ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import { describePlan, type Measured } from './describe-plan.ts';
import { appendStage, type ExplainStage, type Work } from './explain-stage.ts';
import { countScan } from './index-stage.ts';
import { parsedQuery } from './parsed-query.ts';
import { remainingFilter } from './remaining-filter.ts';

export type Verbosity = 'queryPlanner' | 'executionStats' | 'allPlansExecution';

/** A query to explain: how it is planned, and how to run it. */
export interface Explained {
  namespace: string;
  filter: MatchNode;
  choice: Choice;
  /** Whether a plan's index alone answers. */
  covers(plan: Plan): boolean;
  /** Whether entries are only counted where the index alone answers. */
  counts?: boolean;
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
    const stages = explained.wrap(describe(explained, choice.winning, measured), returned);
    reply.openDocument('executionStats').bool('executionSuccess', true);
    reply.int('nReturned', stages.work.returned);
    reply.int('executionTimeMillis', Date.now() - started);
    reply.int('totalKeysExamined', allKeys(counts)).int('totalDocsExamined', counts.documents);
    reply.openDocument('executionStages');
    appendStage(reply, stages, true);
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
  explained: Pick<Explained, 'namespace' | 'filter' | 'choice' | 'covers' | 'counts' | 'wrap'>,
): void {
  const { namespace, filter, choice, wrap } = explained;
  const plan = (candidate: Plan): ExplainStage => wrap(describe(explained, candidate, undefined), 0);
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

function describe(
  { filter, covers, counts = false }: Pick<Explained, 'filter' | 'covers' | 'counts'>,
  plan: Plan,
  measured: Measured | undefined,
): ExplainStage {
  if (counts && plan.kind === 'index' && covers(plan)) {
    return countScan(plan, measured?.counts ?? newScanCounts());
  }
  return describePlan(plan, { filter: remainingFilter(filter, plan), covered: covers(plan), measured });
}

function appendServerInfo(reply: DocumentBuilder, { version }: RocksEngineState): void {
  reply.openDocument('serverInfo').string('host', hostname()).int('port', 0);
  reply.string('version', version).string('gitVersion', 'mongoq').close();
}

/** What a find does with the documents that match. */
export function wrapFind({ options, sort, output }: PreparedFind): Explained['wrap'] {
  return (input, returned) => {
    const { skip, limit, projection } = options;
    const isCut = !sort && limit !== undefined && returned >= limit;
    let stage: ExplainStage = { ...input, work: { ...input.work, ended: input.work.ended && !isCut } };
    const over = (name: string, work: Partial<Work>, details: (out: DocumentBuilder) => void): void => {
      const { returned: given, ended } = stage.work;
      stage = {
        stage: name,
        work: { returned: given, withheld: 0, ended, ...work },
        details,
        inputs: [stage],
      };
    };
    if (sort && options.sort) {
      const pattern: Value = options.sort;
      over('SORT_KEY_GENERATOR', {}, () => undefined);
      const taken = stage.work.returned;
      const given = limit === undefined ? taken : Math.min(taken, skip + limit);
      over('SORT', { returned: given, withheld: taken }, (out) => {
        out.append('sortPattern', pattern);
        if (limit !== undefined) appendCount(out, 'limitAmount', skip + limit);
      });
      stage = { ...stage, stats: (out) => out.int('memLimit', maxSortBytes) };
    }
    if (skip > 0) {
      const skipped = Math.min(skip, stage.work.returned);
      over('SKIP', { returned: stage.work.returned - skipped, withheld: skipped }, (out) =>
        appendCount(out, 'skipAmount', skip),
      );
    }
    if (projection && output.projection) {
      over('PROJECTION', { returned }, (out) => out.append('transformBy', projection));
    }
    if (limit !== undefined && !sort) {
      over('LIMIT', { returned, ended: true }, (out) => appendCount(out, 'limitAmount', limit));
    }
    return stage;
  };
}
