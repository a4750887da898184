import type { DocumentBuilder } from '../../../bson/builder.ts';
import type { Value } from '../../../bson/value.ts';

/** A stage of a plan as explain shows it. */
export interface ExplainStage {
  stage: string;
  filter?: Value | undefined;
  /** Appends what the stage says of itself. */
  details?: ((out: DocumentBuilder) => void) | undefined;
  /** What it did, for executionStats. */
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
  if (run) stage.stats?.(out);
  stage.details?.(out);
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
