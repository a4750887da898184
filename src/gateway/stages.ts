import { elements, items, type Value } from '../bson/value.ts';
import { Refusal, refuseWrite } from './replies.ts';

/** Stages that only read, of every version. */
const readStages: ReadonlySet<string> = new Set([
  ...['$match', '$project', '$sort', '$limit', '$skip', '$group', '$unwind', '$lookup', '$graphLookup'],
  ...['$facet', '$bucket', '$bucketAuto', '$sortByCount', '$addFields', '$replaceRoot', '$count', '$sample'],
  ...['$redact', '$geoNear', '$collStats', '$indexStats'],
  ...[
    '$set',
    '$unset',
    '$replaceWith',
    '$unionWith',
    '$setWindowFields',
    '$fill',
    '$densify',
    '$planCacheStats',
  ],
]);

const writeStages: ReadonlySet<string> = new Set(['$out', '$merge']);

/**
 * Throws a Refusal if a pipeline has a stage that writes (20) or that is not known to read only (40324), however deep:
 * $lookup, $facet and $unionWith hold pipelines of their own. What is malformed otherwise is left to the engine's errors.
 */
export function checkPipeline(pipeline: Value): void {
  if (!isList(pipeline)) return;
  for (const stage of items(pipeline)) {
    if (!stage.isDocument()) continue;
    for (const { name, value } of elements(stage)) checkStage(name, value);
  }
}

function checkStage(name: string, specification: Value): void {
  if (writeStages.has(name)) throw refuseWrite();
  if (!readStages.has(name)) {
    throw new Refusal(40324, 'Location40324', `Unrecognized pipeline stage name: '${name}'`);
  }
  if (!specification.isDocument()) return;
  for (const inner of elements(specification)) {
    if (name === '$facet' || inner.name === 'pipeline') checkPipeline(inner.value);
  }
}

/** An array, or the document that a careless reader would take for one. */
function isList(value: Value): boolean {
  return value.isArray() || value.isDocument();
}
