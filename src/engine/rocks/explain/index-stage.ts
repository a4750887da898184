import { numberOf } from '../../../bson/access.ts';
import type { DocumentBuilder } from '../../../bson/builder.ts';
import { field, type Value } from '../../../bson/value.ts';
import type { Index } from '../catalog/collection.ts';
import type { IndexPlan } from '../planner/plan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import type { ExplainStage } from './explain-stage.ts';
import { appendIndexBounds } from './index-bounds.ts';

/** IXSCAN. `filter` is what is looked at in the values of the keys. */
export function indexScan(plan: IndexPlan, counts: ScanCounts, filter?: Value): ExplainStage {
  const { keys, entries, duplicates, seeks, ended } = counts;
  return {
    stage: 'IXSCAN',
    filter,
    work: { returned: entries - duplicates, withheld: keys - entries + duplicates, ended },
    details: (out) => {
      appendIndex(out, plan.index);
      out.string('direction', plan.reverse ? 'backward' : 'forward');
      appendIndexBounds(out, plan);
    },
    stats: (out) => {
      out.int('keysExamined', keys).int('seeks', seeks);
      out.int('dupsTested', plan.index.multikey ? entries : 0).int('dupsDropped', duplicates);
      out.int('seenInvalidated', 0);
    },
    inputs: [],
  };
}

/** COUNT_SCAN: entries that are counted and nothing else. mongod writes its bounds as two keys; here they are as in an IXSCAN. */
export function countScan(plan: IndexPlan, counts: ScanCounts): ExplainStage {
  return {
    ...indexScan(plan, counts),
    stage: 'COUNT_SCAN',
    details: (out) => {
      appendIndex(out, plan.index);
      appendIndexBounds(out, plan);
    },
    stats: (out) => out.int('keysExamined', counts.keys),
  };
}

/** Appends what explain says of an index: keyPattern to indexVersion. */
export function appendIndex(out: DocumentBuilder, index: Index): void {
  out.append('keyPattern', index.keyPattern).string('indexName', index.name);
  if (index.collation) out.append('collation', index.collation);
  out.bool('isMultiKey', index.multikey);
  appendMultikeyPaths(out, index);
  out.bool('isUnique', index.unique).bool('isSparse', index.sparse);
  out.bool('isPartial', index.partialFilter !== undefined);
  out.int('indexVersion', numberOf(field(index.spec, 'v')) ?? 1);
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
