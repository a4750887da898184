import type { DocumentBuilder } from '../../../bson/builder.ts';
import { numberOf } from '../../../bson/access.ts';
import { field, type Value } from '../../../bson/value.ts';
import type { Index } from '../catalog/collection.ts';
import type { IndexPlan, Plan } from '../planner/plan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import { appendIndexBounds } from './index-bounds.ts';
import { isEmpty, type ExplainStage } from './explain-stage.ts';
import { textStage } from './text-stages.ts';

/** What running a plan has shown. */
export interface Measured {
  counts: ScanCounts;
  /** Documents that passed the filter. */
  matched: number;
}

/** The stages that read: COLLSCAN, IDHACK, or FETCH over IXSCAN. `filter` is what is looked at in the documents. */
export function describePlan(plan: Plan, filter: Value, measured: Measured | undefined): ExplainStage {
  const { counts, matched } = measured ?? { counts: { keys: 0, documents: 0, seeks: 0 }, matched: 0 };
  const returned = (out: DocumentBuilder): DocumentBuilder => out.int('nReturned', matched);
  switch (plan.kind) {
    case 'empty':
      return { stage: 'EOF', stats: returned, inputs: [] };
    case 'collection':
      return {
        stage: 'COLLSCAN',
        filter,
        stats: (out) => returned(out).int('docsExamined', counts.documents),
        details: (out) => out.string('direction', plan.reverse ? 'backward' : 'forward'),
        inputs: [],
      };
    case 'index': {
      if (plan.text) return fetched(textStage(plan, { counts, matched }), filter, returned);
      if (isIdLookup(plan)) {
        const stats = (out: DocumentBuilder): DocumentBuilder =>
          returned(out).int('keysExamined', counts.keys).int('docsExamined', counts.documents);
        return { stage: 'IDHACK', stats, inputs: [] };
      }
      return {
        stage: 'FETCH',
        filter,
        stats: (out) => returned(out).int('docsExamined', counts.documents),
        inputs: [indexScan(plan, counts)],
      };
    }
    case 'or':
      return {
        stage: 'SUBPLAN',
        stats: returned,
        inputs: [
          {
            stage: 'FETCH',
            filter,
            stats: (out) => returned(out).int('docsExamined', counts.documents),
            inputs: [
              {
                stage: 'OR',
                many: true,
                stats: (out) => out.int('nReturned', counts.documents),
                inputs: plan.branches.map((branch) => indexScan(branch, undefined)),
              },
            ],
          },
        ],
      };
  }
}

/** A filter on what a text search found. */
function fetched(input: ExplainStage, filter: Value, stats: ExplainStage['stats']): ExplainStage {
  return isEmpty(filter) ? input : { stage: 'FETCH', filter, stats, inputs: [input] };
}

/** One value of `_id`: mongod has a stage of its own for it. */
function isIdLookup({ index, ranges, limits }: IndexPlan): boolean {
  return index.isId && limits === undefined && ranges.length === 1 && ranges[0]?.exact !== undefined;
}

function indexScan(plan: IndexPlan, counts: ScanCounts | undefined): ExplainStage {
  const { index } = plan;
  return {
    stage: 'IXSCAN',
    stats:
      counts &&
      ((out) =>
        out.int('nReturned', counts.keys).int('keysExamined', counts.keys).int('seeks', counts.seeks)),
    details: (out) => {
      out.append('keyPattern', index.keyPattern).string('indexName', index.name);
      if (index.collation) out.append('collation', index.collation);
      out.bool('isMultiKey', index.multikey);
      appendMultikeyPaths(out, index);
      out.bool('isUnique', index.unique).bool('isSparse', index.sparse);
      out.bool('isPartial', index.partialFilter !== undefined);
      out.int('indexVersion', numberOf(field(index.spec, 'v')) ?? 1);
      out.string('direction', plan.reverse ? 'backward' : 'forward');
      appendIndexBounds(out, plan);
    },
    inputs: [],
  };
}

function appendMultikeyPaths(out: DocumentBuilder, { multikeyPaths, fields }: Index): void {
  if (multikeyPaths === undefined) return;
  out.openDocument('multiKeyPaths');
  for (const { path } of fields) {
    out.openArray(path);
    const components = path.split('.');
    let at = 0;
    multikeyPaths.get(path)?.forEach((isArray, depth) => {
      if (isArray) out.string(String(at++), components.slice(0, depth + 1).join('.'));
    });
    out.close();
  }
  out.close();
}
