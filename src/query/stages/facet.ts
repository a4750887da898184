import { DocumentBuilder } from '../../bson/builder.ts';
import { printDocument, printValue } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, items, type Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { CommandError, location } from '../errors.ts';
import { checkFieldName } from '../expression/field-path.ts';
import { typeName } from '../expression/type-name.ts';
import { inTurns } from './batches.ts';
import { Tee, type TeeConsumer } from './tee.ts';
import type { Stage, StageContext } from './stage.ts';

/** Compiles the stages of a pipeline inside another. */
export type CompileStages = (stages: Value[], context: StageContext) => Stage[];

/** The pipelines of a $facet by their names. Throws 40169 to 40171, 40331 for $out and $facet, and for a name that is no field's. */
export function facetPipelines(specification: Value): { name: string; stages: Value[] }[] {
  if (specification.type !== BsonType.object || specification.end - specification.start <= 5) {
    throw location(
      40169,
      `the $facet specification must be a non-empty object, but found: ${printValue(specification)}`,
    );
  }
  return [...elements(specification)].map(({ name, value }) => {
    checkFieldName(name);
    if (value.type !== BsonType.array) {
      throw location(40170, `arguments to $facet must be arrays, ${name} is type ${typeName(value)}`);
    }
    const stages = [...items(value)];
    for (const stage of stages) {
      if (stage.type !== BsonType.object) {
        throw location(
          40171,
          `elements of arrays in $facet spec must be non-empty objects, ${name} argument contained an element of type ${typeName(stage)}: ${printValue(stage)}`,
        );
      }
      const [first] = elements(stage);
      if (first?.name === '$out' || first?.name === '$facet') {
        throw location(
          40331,
          `specified stage is not allowed to be used within a $facet stage: ${printDocument(stage)}`,
        );
      }
    }
    return { name, stages };
  });
}

/** `{$facet: {name: pipeline, ...}}`: one document with the results of several pipelines over the same documents. */
export function parseFacet(specification: Value, context: StageContext, compile: CompileStages): Stage[] {
  const facets = facetPipelines(specification).map(({ name, stages }) => {
    if (stages.length === 0) {
      throw location(40172, `sub-pipeline in $facet stage cannot be empty: ${name}`);
    }
    return { name, stages: compile(stages, context) };
  });
  return [
    {
      name: '$facet',
      inner: facets.map(({ stages }) => stages),
      run: (input) => faceted(input, facets, context),
    },
  ];
}

async function* faceted(
  input: Batches,
  facets: { name: string; stages: Stage[] }[],
  { memoryLimit }: StageContext,
): Batches {
  const tee = new Tee(input, facets.length);
  let bytes = 0;
  // mongod 3.4 has no limit and may die; later versions have this one.
  const hold = (document: Value): void => {
    bytes += document.end - document.start;
    if (bytes <= memoryLimit) return;
    throw new CommandError(146, 'ExceededMemoryLimit', `$facet gives more than ${memoryLimit} bytes`);
  };
  try {
    const results = await Promise.all(facets.map(({ stages }) => collect(stages, tee.consumer(), hold)));
    const document = new DocumentBuilder();
    for (const [index, { name }] of facets.entries()) document.append(name, results[index] as Value);
    yield [document.finish()];
  } finally {
    await tee.close();
  }
}

async function collect(
  stages: Stage[],
  { batches, end }: TeeConsumer,
  hold: (document: Value) => void,
): Promise<Value> {
  try {
    let stream = batches;
    for (const stage of stages) stream = inTurns(stage.run(stream));
    const array = new DocumentBuilder();
    for await (const batch of stream) {
      for (const document of batch) {
        hold(document);
        array.push(document);
      }
    }
    return array.finishArray();
  } finally {
    end();
  }
}
