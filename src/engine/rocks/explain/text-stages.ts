import type { DocumentBuilder } from '../../../bson/builder.ts';
import { elements, field, type Value } from '../../../bson/value.ts';
import { numberOf } from '../../../bson/access.ts';
import type { IndexPlan } from '../planner/plan.ts';
import type { Measured } from './describe-plan.ts';
import type { ExplainStage } from './explain-stage.ts';

/** TEXT as mongod's explain shows it: the entries of each term, the documents that have one, those that match the search. */
export function textStage(plan: IndexPlan, measured: Measured): ExplainStage {
  const { counts, matched } = measured;
  const returned = (out: DocumentBuilder): DocumentBuilder => out.int('nReturned', matched);
  const or: ExplainStage = {
    stage: 'TEXT_OR',
    stats: (out) => out.int('nReturned', counts.documents).int('docsExamined', counts.documents),
    inputs: [...(plan.text?.terms ?? [])].map(() => postings(plan)),
    many: plan.text?.terms.size !== 1,
  };
  const match: ExplainStage = {
    stage: 'TEXT_MATCH',
    stats: (out) => returned(out).int('docsRejected', counts.documents - matched),
    inputs: [or],
  };
  return { stage: 'TEXT', stats: returned, details: (out) => appendSearch(out, plan), inputs: [match] };
}

/** The scan of one term's entries. mongod gives no bounds here. */
function postings({ index, reverse }: IndexPlan): ExplainStage {
  return {
    stage: 'IXSCAN',
    details: (out) => {
      out.append('keyPattern', index.keyPattern).string('indexName', index.name);
      out.bool('isMultiKey', index.multikey).bool('isUnique', false).bool('isSparse', index.sparse);
      out.bool('isPartial', index.partialFilter !== undefined);
      out.int('indexVersion', numberOf(field(index.spec, 'v')) ?? 1);
      out
        .string('direction', reverse ? 'backward' : 'forward')
        .openDocument('indexBounds')
        .close();
    },
    inputs: [],
  };
}

function appendSearch(out: DocumentBuilder, { index, bounds, text }: IndexPlan): void {
  out.openDocument('indexPrefix');
  for (const [at, { name }] of [...elements(index.keyPattern)].entries()) {
    if (name === '_fts') break;
    const value = valueOf(bounds[at]?.used[0]);
    if (value) out.append(name, value);
  }
  out.close().string('indexName', index.name).openDocument('parsedTextQuery');
  appendStrings(out, 'terms', [...(text?.terms ?? [])].sort());
  appendStrings(out, 'negatedTerms', [...(text?.negatedTerms ?? [])].sort());
  appendStrings(out, 'phrases', text?.phrases ?? []);
  appendStrings(out, 'negatedPhrases', text?.negatedPhrases ?? []);
  out.close().int('textIndexVersion', numberOf(field(index.spec, 'textIndexVersion')) ?? 3);
}

function valueOf(conjunct: IndexPlan['bounds'][number]['used'][number] | undefined): Value | undefined {
  return conjunct && 'value' in conjunct.test ? conjunct.test.value : undefined;
}

function appendStrings(out: DocumentBuilder, name: string, strings: readonly string[]): void {
  out.openArray(name);
  strings.forEach((text, at) => out.string(String(at), text));
  out.close();
}
