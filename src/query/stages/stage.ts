import type { Value } from '../../bson/value.ts';
import type { Batches, QueryContext } from '../context.ts';
import type { CommandError } from '../errors.ts';
import type { Expression } from '../expression/expression.ts';

/** What a pipeline needs to know beside the QueryContext. */
export interface PipelineOptions {
  /** The collection that the pipeline reads, without the database. */
  collection: string;
  /** Whether $group, $sort and $bucketAuto may write to the scratch directory instead of failing over the memory limit. */
  allowDiskUse?: boolean;
  /** Bytes that each of them may hold; 100 MiB by default, as in mongod. */
  memoryLimit?: number;
}

export interface StageContext extends QueryContext, Required<PipelineOptions> {
  /** The errors of constant parts of expressions, which count only once every stage is parsed. */
  failures: CommandError[];
}

/** A compiled stage. */
export interface Stage {
  /** The name with its `$`, after desugaring ($count is a $group and a $project). */
  readonly name: string;
  /** Called once per run; holds no state between runs. */
  run(input: Batches): Batches;
  /** What the planner of the pipeline may use; absent where there is nothing to use. */
  readonly hints?: StageHints;
  /** The expressions of the stage, for what they read. */
  readonly expressions?: readonly Expression[];
  /** The pipelines inside a $facet. */
  readonly inner?: readonly (readonly Stage[])[];
  /** Reads the score of $text otherwise than by an expression. */
  readonly readsTextScore?: boolean;
}

export interface StageHints {
  /** The filter of a $match, as given. */
  filter?: Value;
  /** The filter holds a $text, which only the first stage may. */
  text?: boolean;
  /** The specification of a $sort, as given. */
  sort?: Value;
  /** The number of documents after which a $limit ends its input. */
  limit?: number;
  /** The number of documents that a $skip leaves out. */
  skip?: number;
  /** The path of the arrays that an $unwind takes apart, unless it tells their positions. */
  unwinds?: string;
  /** The stage run so that documents may come several times, each with a piece of the array that it puts at the path. */
  pieces?: { path: string; run: (input: Batches) => Batches };
  /** Ends in its own source of documents and reads no input: $collStats, $indexStats, $geoNear. */
  initial?: true;
  /** Only as the first stage: the same. */
  mustBeFirst?: true;
}

/** Parses the value of one stage, `{$name: specification}`; some give several stages. Throws CommandError. */
export type StageParser = (specification: Value, context: StageContext) => Stage[];

/** What the engine can do for the pipeline while it reads the collection. */
export interface Pushdown {
  /** The leading $match as one filter, or undefined. $text is only found here. */
  filter: Value | undefined;
  /** The $sort that follows it, or undefined. */
  sort: Value | undefined;
  /** No more than this many documents are needed when the filter and the sort are applied; undefined is all. */
  limit: number | undefined;
}

export interface Pipeline {
  readonly stages: readonly Stage[];
  readonly pushdown: Pushdown;
  /** The first stage makes its own documents: `run` is called with an empty input. */
  readonly initial: boolean;
  /** `applied` says which parts of `pushdown` the input has been through already, so that their stages are left out. */
  run(input: Batches, applied?: { filter?: boolean; sort?: boolean }): Batches;
}
