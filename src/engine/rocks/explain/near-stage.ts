import { numberOf } from '../../../bson/access.ts';
import { field, type Value } from '../../../bson/value.ts';
import type { IndexPlan } from '../planner/plan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import type { ExplainStage, Work } from './explain-stage.ts';

/** The search for the nearest, which reads its index in rings: GEO_NEAR_2D or GEO_NEAR_2DSPHERE. */
export function nearStage(
  { index }: IndexPlan,
  filter: Value,
  { keys, documents, seeks }: ScanCounts,
  work: Work,
): ExplainStage {
  return {
    stage: index.type === '2d' ? 'GEO_NEAR_2D' : 'GEO_NEAR_2DSPHERE',
    filter,
    work,
    stats: (out) => out.int('keysExamined', keys).int('docsExamined', documents).int('seeks', seeks),
    details: (out) => {
      out.append('keyPattern', index.keyPattern).string('indexName', index.name);
      out.int('indexVersion', numberOf(field(index.spec, 'v')) ?? 1);
    },
    inputs: [],
  };
}
