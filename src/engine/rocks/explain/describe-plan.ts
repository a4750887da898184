import type { Value } from '../../../bson/value.ts';
import { isIdLookup, type Plan } from '../planner/plan.ts';
import { newScanCounts, type ScanCounts } from '../scan/scan-counts.ts';
import { isEmpty, type ExplainStage, type Work } from './explain-stage.ts';
import { indexScan } from './index-stage.ts';
import { nearStage } from './near-stage.ts';
import { textStage } from './text-stages.ts';

/** What running a plan has shown. */
export interface Measured {
  counts: ScanCounts;
  /** Documents that passed the filter. */
  matched: number;
}

/** What explain shows of a plan. */
export interface Described {
  /** What is looked at in the documents. */
  filter: Value;
  /** Whether the index alone answers. */
  covered: boolean;
  measured: Measured | undefined;
}

/** The stages that read: COLLSCAN, IDHACK, IXSCAN alone or under a FETCH, TEXT, or an OR of IXSCANs. */
export function describePlan(plan: Plan, { filter, covered, measured }: Described): ExplainStage {
  const { counts, matched } = measured ?? { counts: newScanCounts(), matched: 0 };
  const { documents, ended } = counts;
  const reading: Work = { returned: matched, withheld: documents - matched, ended };
  switch (plan.kind) {
    case 'empty':
      return { stage: 'EOF', work: { returned: 0, withheld: 0, ended: true }, inputs: [] };
    case 'collection':
      return {
        stage: 'COLLSCAN',
        filter,
        work: reading,
        details: (out) => out.string('direction', plan.reverse ? 'backward' : 'forward'),
        stats: (out) => out.int('docsExamined', documents),
        inputs: [],
      };
    case 'index':
      if (plan.text) {
        const text = textStage(plan, counts, matched);
        return isEmpty(filter) ? text : fetched(text, filter, matched, { ...reading, withheld: 0 });
      }
      if (plan.near) return nearStage(plan, filter, counts, reading);
      if (covered) {
        const work = { returned: matched, withheld: counts.keys - matched, ended };
        return { ...indexScan(plan, counts, filter), work };
      }
      if (isIdLookup(plan)) {
        const stats: ExplainStage['stats'] = (out) =>
          out.int('keysExamined', counts.keys).int('docsExamined', documents);
        return { stage: 'IDHACK', work: reading, stats, inputs: [] };
      }
      return fetched(indexScan(plan, counts), filter, documents, reading);
    case 'or': {
      const scans = plan.branches.map((branch, at) =>
        indexScan(branch, counts.branches[at] ?? newScanCounts()),
      );
      const or: ExplainStage = {
        stage: 'OR',
        many: true,
        work: { returned: counts.entries - counts.duplicates, withheld: counts.duplicates, ended },
        stats: (out) => {
          out.int('dupsTested', counts.entries).int('dupsDropped', counts.duplicates);
          out.int('recordIdsForgotten', 0);
        },
        inputs: scans,
      };
      return { stage: 'SUBPLAN', work: reading, inputs: [fetched(or, filter, documents, reading)] };
    }
  }
}

function fetched(input: ExplainStage, filter: Value, documents: number, work: Work): ExplainStage {
  return {
    stage: 'FETCH',
    filter,
    work,
    stats: (out) => out.int('docsExamined', documents).int('alreadyHasObj', 0),
    inputs: [input],
  };
}
