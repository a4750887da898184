import type { DocumentBuilder } from '../../../bson/builder.ts';
import { elements, field, type Value } from '../../../bson/value.ts';
import { numberOf } from '../../../bson/access.ts';
import type { IndexPlan } from '../planner/plan.ts';
import { newScanCounts, type ScanCounts } from '../scan/scan-counts.ts';
import type { ExplainStage } from './explain-stage.ts';
import { appendIndex, indexScan } from './index-stage.ts';

/** TEXT as mongod's explain shows it: the entries of each term, the documents that have one, those that match the search. */
export function textStage(plan: IndexPlan, counts: ScanCounts, matched: number): ExplainStage {
  const { documents, ended } = counts;
  const terms = [...(plan.text?.terms ?? [])];
  const or: ExplainStage = {
    stage: 'TEXT_OR',
    work: { returned: documents, withheld: counts.duplicates, ended },
    stats: (out) => out.int('docsExamined', documents),
    // Only the terms together are counted.
    inputs: terms.map((_, at) => postings(plan, at === 0 ? counts : newScanCounts())),
    many: terms.length !== 1,
  };
  const match: ExplainStage = {
    stage: 'TEXT_MATCH',
    work: { returned: matched, withheld: documents - matched, ended },
    stats: (out) => out.int('docsRejected', documents - matched),
    inputs: [or],
  };
  const work = { returned: matched, withheld: 0, ended };
  return { stage: 'TEXT', work, details: (out) => appendSearch(out, plan), inputs: [match] };
}

/** The scan of one term's entries. mongod gives no bounds here. */
function postings(plan: IndexPlan, counts: ScanCounts): ExplainStage {
  return {
    ...indexScan(plan, counts),
    details: (out) => {
      appendIndex(out, plan.index);
      out
        .string('direction', plan.reverse ? 'backward' : 'forward')
        .openDocument('indexBounds')
        .close();
    },
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
