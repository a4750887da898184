import { printValue } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, type Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { typeName } from '../expression/type-name.ts';
import { fromDocuments } from './batches.ts';
import { hostOf } from './host.ts';
import type { StageParser } from './stage.ts';

/** `{$collStats: {latencyStats: {...}, storageStats: {}}}`: one document about the collection. */
export const parseCollStats: StageParser = (specification, context) => {
  if (specification.type !== BsonType.object) {
    throw location(
      40166,
      `$collStats must take a nested object but found: $collStats: ${printValue(specification)}`,
    );
  }
  for (const { name, value } of elements(specification)) {
    if (name !== 'latencyStats' && name !== 'storageStats') {
      throw location(40168, `unrecognized option to $collStats: ${name}`);
    }
    if (value.type !== BsonType.object) {
      throw location(
        name === 'latencyStats' ? 40167 : 40279,
        `${name} argument must be an object, but got ${name}: ${printValue(value)} of type ${typeName(value)}`,
      );
    }
    const histograms = name === 'latencyStats' ? field(value, 'histograms') : undefined;
    if (histograms !== undefined && histograms.type !== BsonType.bool) {
      throw location(
        40305,
        `histograms option to latencyStats must be bool, got ${name}: ${printValue(value)} of type ${typeName(value)}`,
      );
    }
  }
  return [
    {
      name: '$collStats',
      hints: { initial: true, mustBeFirst: true },
      run: () =>
        later(async () => [await hostOf(context).collStats(context.db, context.collection, specification)]),
    },
  ];
};

/** `{$indexStats: {}}`: a document for each index. */
export const parseIndexStats: StageParser = (specification, context) => {
  if (specification.type !== BsonType.object || specification.end - specification.start > 5) {
    throw location(28803, 'The $indexStats stage specification must be an empty object');
  }
  return [
    {
      name: '$indexStats',
      hints: { initial: true, mustBeFirst: true },
      run: () => later(() => hostOf(context).indexStats(context.db, context.collection)),
    },
  ];
};

async function* later(documents: () => Promise<Value[]>): Batches {
  yield* fromDocuments(await documents());
}
