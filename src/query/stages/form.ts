import { stringOf } from '../../bson/access.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, type Element, type Value } from '../../bson/value.ts';
import { CommandError, location } from '../errors.ts';
import { facetPipelines } from './facet.ts';
import { checkGraphLookupFrom } from './graph-lookup-spec.ts';
import { checkLookupFrom } from './lookup.ts';
import { parserOf } from './registry.ts';

/**
 * Checks what mongod looks at in a whole pipeline before it parses any stage: names of stages, collections that they read
 * and the pipelines inside $facet. So an unknown stage counts before what is wrong in the stages in front of it.
 * Throws 14, 40323, 40324 and what the checks of $facet, $lookup and $graphLookup throw.
 */
export function checkForm(stages: readonly Value[]): void {
  for (const stage of stages) {
    if (stage.type !== BsonType.object) {
      throw new CommandError(14, 'TypeMismatch', "Each element of the 'pipeline' array must be an object");
    }
  }
  for (const stage of stages) {
    const { name, value } = onlyField(stage);
    if (name === '$facet') for (const facet of facetPipelines(value)) checkForm(facet.stages);
    else if (name === '$lookup') checkLookupFrom(value);
    else if (name === '$graphLookup') checkGraphLookupFrom(value);
    else parserOf(name);
  }
}

/** The collections and views that $lookup and $graphLookup read, also inside $facet, of a pipeline that `checkForm` has passed. */
export function* joinedCollections(stages: readonly Value[]): Generator<string> {
  for (const stage of stages) {
    const { name, value } = onlyField(stage);
    if (name === '$facet') for (const facet of facetPipelines(value)) yield* joinedCollections(facet.stages);
    else if (name === '$lookup' || name === '$graphLookup') yield stringOf(field(value, 'from') as Value);
  }
}

/** The name and the specification of a stage. Throws 40323 unless it has one field. */
export function onlyField(stage: Value): Element {
  const [only, ...others] = elements(stage);
  if (only === undefined || others.length > 0) {
    throw location(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  return only;
}
