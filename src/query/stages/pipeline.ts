import type { Value } from '../../bson/value.ts';
import type { Batches, QueryContext } from '../context.ts';
import { badValue, location, type CommandError } from '../errors.ts';
import { Dependencies } from '../expression/dependencies.ts';
import { inTurns } from './batches.ts';
import { checkForm, onlyField } from './form.ts';
import { parseFacet } from './facet.ts';
import { largestDocument, memoryLimitBytes } from './memory.ts';
import { pushdownOf } from './pushdown.ts';
import { parserOf } from './registry.ts';
import { limitedSort } from './sort.ts';
import type { Pipeline, PipelineOptions, Stage, StageContext } from './stage.ts';

/**
 * Compiles a pipeline. Throws CommandError with mongod 3.4's code for what it refuses, before anything is read.
 */
export function compilePipeline(
  stages: readonly Value[],
  context: QueryContext,
  options: PipelineOptions,
): Pipeline {
  const stageContext: StageContext = {
    ...context,
    collection: options.collection,
    allowDiskUse: options.allowDiskUse ?? false,
    memoryLimit: options.memoryLimit ?? memoryLimitBytes,
    failures: [],
  };
  checkForm(stages);
  const compiled = compileStages(stages, stageContext);
  checkPositions(compiled);
  const [failure] = stageContext.failures;
  if (failure) throw failure;
  checkTextScore(compiled);
  const pushdown = pushdownOf(compiled);
  const { filterStages, sortStages, ...published } = pushdown;
  return {
    stages: compiled,
    pushdown: published,
    initial: compiled[0]?.hints?.initial === true,
    run(input, applied = {}) {
      const done = applied.filter === true ? filterStages : 0;
      const rest = compiled.filter(
        (_, index) =>
          index >= done &&
          !(applied.sort === true && index >= filterStages && index < filterStages + sortStages),
      );
      return checkSizes(rest.reduce((stream, stage) => inTurns(stage.run(stream)), input));
    },
  };
}

function compileStages(stages: readonly Value[], context: StageContext): Stage[] {
  const compiled = stages.flatMap((stage) => compileStage(stage, context));
  return limitSorts(joinInPieces(compiled), context);
}

/** A $lookup whose array the next $unwind takes apart need not have it in one piece. */
function joinInPieces(stages: Stage[]): Stage[] {
  return stages.map((stage, index) => {
    const { pieces } = stage.hints ?? {};
    const isUnwound = pieces !== undefined && stages[index + 1]?.hints?.unwinds === pieces.path;
    return isUnwound ? { ...stage, run: pieces.run } : stage;
  });
}

/** A pipeline inside a $facet: the stages that make their own documents are not allowed. */
function compileFacet(stages: readonly Value[], context: StageContext): Stage[] {
  const compiled = compileStages(stages, context);
  checkPositions(compiled);
  const [first] = compiled;
  if (first?.hints?.mustBeFirst === true) {
    throw location(40173, `${first.name} is not allowed to be used within a $facet stage`);
  }
  if (first?.hints?.text === true) throw misplacedText();
  return compiled;
}

function compileStage(stage: Value, context: StageContext): Stage[] {
  const { name, value } = onlyField(stage);
  if (name === '$facet') return parseFacet(value, context, compileFacet);
  return parserOf(name)(value, context);
}

/** A $sort that a $limit follows, with nothing but $skip between, need not keep more than those. */
function limitSorts(stages: Stage[], context: StageContext): Stage[] {
  return stages.map((stage, index) => {
    const sort = stage.hints?.sort;
    if (sort === undefined) return stage;
    let skipped = 0;
    for (const { hints } of stages.slice(index + 1)) {
      if (hints?.limit !== undefined) return limitedSort(sort, skipped + hints.limit, context);
      if (hints?.skip === undefined) break;
      skipped += hints.skip;
    }
    return stage;
  });
}

function checkPositions(stages: readonly Stage[]): void {
  for (const [index, { name, hints }] of stages.entries()) {
    if (index === 0) continue;
    if (hints?.mustBeFirst === true) {
      throw badValue(`${name} is only valid as the first stage in a pipeline.`);
    }
    if (hints?.text === true) throw misplacedText();
  }
}

function misplacedText(): CommandError {
  return location(17313, '$match with $text is only allowed as the first pipeline stage');
}

function checkTextScore(stages: readonly Stage[]): void {
  if (stages[0]?.hints?.text !== true && needsTextScore(stages)) {
    throw location(40218, 'pipeline requires text score metadata, but there is no text score available');
  }
}

/** mongod asks these stages for nothing, and looks no further. */
const silent = new Set(['$collStats', '$geoNear', '$indexStats', '$redact']);

/** Nothing of the documents before these stages is left after them: what reads a score there just finds none. */
const final = new Set(['$bucketAuto', '$facet', '$group']);

function needsTextScore(stages: readonly Stage[]): boolean {
  for (const { name, expressions = [], readsTextScore = false, inner = [] } of stages) {
    if (silent.has(name)) return false;
    const dependencies = new Dependencies();
    for (const expression of expressions) expression.addDependencies(dependencies);
    if (readsTextScore || dependencies.textScore || inner.some(needsTextScore)) return true;
    if (final.has(name)) return false;
  }
  return false;
}

async function* checkSizes(documents: Batches): Batches {
  for await (const batch of documents) {
    for (const { start, end } of batch) {
      if (end - start <= largestDocument) continue;
      throw location(
        10334,
        `BSONObj size: ${end - start} (0x${(end - start).toString(16).toUpperCase()}) is invalid. Size must be between 0 and 16793600(16MB)`,
      );
    }
    yield batch;
  }
}
