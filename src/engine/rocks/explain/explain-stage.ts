import type { DocumentBuilder } from '../../../bson/builder.ts';
import type { Value } from '../../../bson/value.ts';

/** What a stage did. */
export interface Work {
  /** Documents or entries that it gave. */
  returned: number;
  /** Those that it took and did not give. */
  withheld: number;
  /** Whether it came to its end. */
  ended: boolean;
}

/** A stage of a plan as explain shows it. */
export interface ExplainStage {
  stage: string;
  filter?: Value | undefined;
  work: Work;
  /** Appends what the stage says of itself. */
  details?: ((out: DocumentBuilder) => void) | undefined;
  /** Appends its further figures, for executionStats. */
  stats?: ((out: DocumentBuilder) => void) | undefined;
  inputs: readonly ExplainStage[];
  /** `inputStages` even for one input. */
  many?: boolean;
}

/** Whether a document has no field. */
export function isEmpty(document: Value): boolean {
  return document.end - document.start <= 5;
}

/** Appends a stage with its inputs to the open document; with `run`, what was measured as well. */
export function appendStage(out: DocumentBuilder, stage: ExplainStage, run: boolean): void {
  out.string('stage', stage.stage);
  if (stage.filter && !isEmpty(stage.filter)) out.append('filter', stage.filter);
  if (run) appendWork(out, stage.work);
  stage.details?.(out);
  if (run) stage.stats?.(out);
  const [input] = stage.inputs;
  if (stage.many === true) {
    out.openArray('inputStages');
    for (const each of stage.inputs) {
      out.pushDocument();
      appendStage(out, each, run);
      out.close();
    }
    out.close();
  } else if (input) {
    out.openDocument('inputStage');
    appendStage(out, input, run);
    out.close();
  }
}

/**
 * mongod's figures of every stage: a step for each that is given or withheld, and one for the end. Nothing ever yields here or
 * is invalidated: what is read does not change.
 */
function appendWork(out: DocumentBuilder, { returned, withheld, ended }: Work): void {
  const end = ended ? 1 : 0;
  out.int('nReturned', returned);
  out
    .int('works', returned + withheld + end)
    .int('advanced', returned)
    .int('needTime', withheld);
  out.int('needYield', 0).int('saveState', 0).int('restoreState', 0);
  out.int('isEOF', end).int('invalidates', 0);
}
